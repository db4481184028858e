import { readFileSync } from "node:fs";
import { findHostUnit } from "../../host/find-unit-file.ts";

/**
 * Whether a unit runs its program, and for itself is ready, when its start job is done, by its file on the host; one that is `simple`
 * is active from the fork on, and a `oneshot` may be gone again (Type= in systemd.service(5)).
 */
export function isSettledWhenStarted(unit: string, readUnit = readHostUnit): boolean {
  if (!unit.endsWith(".service")) return false;
  const type = [...readUnit(unit).matchAll(/^Type=\s*(\S+)/gm)].at(-1)?.[1];
  return type !== undefined && ["forking", "notify", "notify-reload", "dbus", "exec"].includes(type);
}

function readHostUnit(unit: string): string {
  const path = findHostUnit(unit);
  return path === undefined ? "" : readFileSync(path, "utf8");
}
