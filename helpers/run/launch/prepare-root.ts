import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { parseTimeSpan } from "../../../generator/conf/values/values.ts";
import { extendTimeout } from "../../host/notify.ts";
import { runQuick } from "../../host/run-quick.ts";
import { readOwnTimeout, shipped } from "./ask-for-time.ts";

/** Its requests to systemd. Unit tests replace them. */
export interface PrepareHost {
  /** TimeoutStartSec= of the sandbox, as systemctl prints it. */
  readonly readOwnTimeout: (name: SandboxName) => Promise<string>;
  readonly extendTimeout: (seconds: number) => Promise<void>;
  /** Resolves when the unit has ended, well or not. */
  readonly runUnit: (unit: string) => Promise<void>;
}

/** The least that is asked for, in seconds. It is asked for again before it is over. */
const least = 15;

/**
 * Makes systemd run the steps before a start: they make the root, label it and prepare the start. If the host's data is
 * copied, that may take any time; then the start has as long as TimeoutStartSec= says. sandbox@.service does not want that
 * unit, or systemd would load it in each start, for nothing.
 */
export async function prepareRoot(
  name: SandboxName,
  { host = ownHost }: { readonly host?: PrepareHost } = {},
): Promise<void> {
  const seconds = Math.max(readSeconds((await host.readOwnTimeout(name)).trim()), least);
  await host.extendTimeout(seconds);
  const timer = setInterval(() => void host.extendTimeout(seconds), Math.min((seconds * 1000) / 3, 60_000));
  try {
    await host.runUnit(`sandbox-root@${name}.service`);
  } finally {
    clearInterval(timer);
  }
  await host.extendTimeout(seconds);
}

function readSeconds(text: string): number {
  try {
    return parseTimeSpan(text);
  } catch {
    // With infinity nothing has to be asked for. It does no harm.
    return shipped.seconds;
  }
}

const ownHost: PrepareHost = {
  readOwnTimeout,
  extendTimeout,
  runUnit: async (unit) => {
    await runQuick("systemctl", ["start", unit]);
  },
};
