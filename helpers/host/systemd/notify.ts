import { describeError } from "../../../base/errors.ts";
import { attempt } from "../process/calls.ts";
import { printWarning } from "../process/run-helper.ts";
import { type QuickResult, runQuick } from "../process/run-quick.ts";

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

/**
 * Writes an entry with these fields into the host's journal (systemd.journal-fields(7)). No value may contain a line
 * feed: logger(1) takes one field a line.
 */
export const writeEntry = (fields: Readonly<Record<string, string>>): Promise<QuickResult> =>
  runQuick("logger", ["--journald"], { input: formatEntry(fields), timeout: 10_000 });

export const formatEntry = (fields: Readonly<Record<string, string>>): string =>
  Object.entries(fields)
    .map(([field, value]) => `${field}=${value}\n`)
    .join("");
