import { runQuick } from "./run-quick.ts";

/** Tells systemd about the service that we are a process of (sd_notify(3)), as `MAINPID=5`; nothing when systemd did not start us. */
export async function notifySystemd(...assignments: readonly string[]): Promise<void> {
  // Neither Node nor Bun can send to a socket of datagrams. systemd-notify says that it speaks for its parent.
  if (process.env["NOTIFY_SOCKET"] !== undefined) await runQuick("systemd-notify", ["--no-block", ...assignments]);
}

/** Asks for more time than TimeoutStartSec= or TimeoutStopSec= leaves. */
export const extendTimeout = (seconds: number): Promise<void> =>
  notifySystemd(`EXTEND_TIMEOUT_USEC=${seconds * 1_000_000}`);
