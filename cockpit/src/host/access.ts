import { useSyncExternalStore } from "react";

const permission = cockpit.permission({ admin: true });

/** Whether the user may change the host. Unknown counts as yes, until Cockpit has found out. */
export const hasRights = (): boolean => permission.allowed !== false;

/**
 * Calls back once, when it is known whether the user may change the host. The shell loads the page again if that changes
 * later.
 */
export function onRights(on: () => void): void {
  let isKnown = false;
  const look = (): void => {
    if (isKnown || permission.allowed === null) return;
    isKnown = true;
    on();
  };
  permission.addEventListener("changed", look);
  look();
}

/** Whether the user may change the host. Cockpit's shell has the button to become an administrator. */
export const useAccess = (): boolean =>
  useSyncExternalStore((listener) => {
    permission.addEventListener("changed", listener);
    return () => {
      permission.removeEventListener("changed", listener);
    };
  }, hasRights);
