import { attempt } from "./calls.ts";
import { describeError } from "../../generator/conf/sandbox-error.ts";
import { printWarning } from "./run-helper.ts";

/**
 * Tells systemd something about the service that this process belongs to (sd_notify(3)), such as `MAINPID=5`. Does
 * nothing if systemd did not start us. A start or stop goes on if systemd cannot be told.
 */
export function notifySystemd(...assignments: readonly string[]): void {
  const socket = process.env["NOTIFY_SOCKET"];
  if (socket === undefined) return;
  try {
    attempt(`systemd cannot be told ${assignments.join(" ")}`, (calls) => {
      calls.sendTo(socket, assignments.join("\n"));
    });
  } catch (error) {
    printWarning(describeError(error));
  }
}

/** Asks for more time than TimeoutStartSec= or TimeoutStopSec= allows. */
export const extendTimeout = (seconds: number): void => {
  notifySystemd(`EXTEND_TIMEOUT_USEC=${seconds * 1_000_000}`);
};
