import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { notifySystemd } from "../../host/notify.ts";
import { runQuick } from "../../host/run-quick.ts";

/** What it reads and tells. Unit tests replace these. */
export interface TimeHost {
  /** TimeoutStartSec= of the sandbox, as systemctl prints it. */
  readonly readOwnTimeout: (name: SandboxName) => Promise<string>;
  readonly notify: (...assignments: readonly string[]) => void;
}

/** TimeoutStartSec= of sandbox@.service. With another value the administrator has decided how long a start may take. */
export const shipped = { text: "5min", seconds: 300 };

/** Reads TimeoutStartSec= of a sandbox, as systemctl prints it. */
export const readOwnTimeout = async (name: SandboxName): Promise<string> =>
  (await runQuick("systemctl", ["show", "--property=TimeoutStartUSec", "--value", `sandbox@${name}.service`])).output;

/** Waits for the service inside, whose units may take `unitSeconds` to start. If that takes a while, says so, and asks systemd for the time that its unit may take. */
export async function waitLonger<Result>(
  name: SandboxName,
  unitSeconds: number,
  outcome: Promise<Result>,
  { patience = 10_000, host = ownHost }: { readonly patience?: number; readonly host?: TimeHost } = {},
): Promise<Result> {
  const timer = setTimeout(() => void askForTime(name, unitSeconds, host), patience);
  try {
    return await outcome;
  } finally {
    clearTimeout(timer);
  }
}

async function askForTime(name: SandboxName, seconds: number, host: TimeHost): Promise<void> {
  host.notify("STATUS=The service inside is still starting");
  if (seconds <= shipped.seconds || (await host.readOwnTimeout(name)) !== shipped.text) return;
  host.notify(`EXTEND_TIMEOUT_USEC=${seconds * 1_000_000}`);
}

const ownHost: TimeHost = {
  readOwnTimeout,
  notify: notifySystemd,
};
