import { runQuick } from "./run-quick.ts";

/**
 * Tells systemd something about the service that this process belongs to (sd_notify(3)), such as `MAINPID=5`. Does
 * nothing if systemd did not start us.
 */
export async function notifySystemd(...assignments: readonly string[]): Promise<void> {
  // Neither Node nor Bun can send to a datagram socket. systemd-notify tells systemd that it speaks for its parent.
  if (process.env["NOTIFY_SOCKET"] !== undefined) await runQuick("systemd-notify", ["--no-block", ...assignments]);
}

/** Asks for more time than TimeoutStartSec= or TimeoutStopSec= allows. */
export const extendTimeout = (seconds: number): Promise<void> =>
  notifySystemd(`EXTEND_TIMEOUT_USEC=${seconds * 1_000_000}`);
