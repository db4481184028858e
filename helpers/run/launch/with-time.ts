import type { SandboxName } from "../../../base/sandbox-name.ts";
import { parseTimeSpan } from "../../../conf/values/values.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import { extendTimeout, notifySystemd } from "../../host/systemd/notify.ts";

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
  { timeout = 10_000, host = timeHost }: { readonly timeout?: number; readonly host?: TimeHost } = {},
): Promise<Result> {
  const timer = setTimeout(() => void askForTime(name, unitSeconds, host), timeout);
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

const timeHost: TimeHost = {
  readOwnTimeout,
  notify: notifySystemd,
};

/** Its requests to systemd. Unit tests replace them. */
export interface WithTimeHost {
  /** TimeoutStartSec= of the sandbox, as systemctl prints it. */
  readonly readOwnTimeout: (name: SandboxName) => Promise<string>;
  readonly extendTimeout: (seconds: number) => void;
}

/** The least that is asked for, in seconds. It is asked for again before it is over. */
const least = 15;

/**
 * Runs what comes before a start and may take any time. It asks systemd for time meanwhile; then the start has as long as
 * TimeoutStartSec= says. systemd never takes back what it gave, so this asks for no more.
 */
export async function withTime<Result>(
  name: SandboxName,
  act: () => Promise<Result>,
  host: WithTimeHost = ownHost,
): Promise<Result> {
  const seconds = Math.max(readSeconds((await host.readOwnTimeout(name)).trim()), least);
  host.extendTimeout(seconds);
  const timer = setInterval(host.extendTimeout, Math.min((seconds * 1000) / 3, 60_000), seconds);
  try {
    return await act();
  } finally {
    clearInterval(timer);
    host.extendTimeout(seconds);
  }
}

function readSeconds(text: string): number {
  try {
    return parseTimeSpan(text);
  } catch {
    // With infinity nothing has to be asked for. It does no harm.
    return shipped.seconds;
  }
}

const ownHost: WithTimeHost = { readOwnTimeout, extendTimeout };
