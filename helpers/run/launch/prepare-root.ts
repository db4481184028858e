import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { extendTimeout } from "../../host/notify.ts";
import { runQuick } from "../../host/run-quick.ts";

/** Its requests to systemd. Unit tests replace them. */
export interface PrepareHost {
  readonly extendTimeout: (seconds: number) => Promise<void>;
  /** Resolves when the unit has ended, well or not. */
  readonly runUnit: (unit: string) => Promise<void>;
}

// TimeoutStartSec= of sandbox@.service: so much time is left for the start, when the root has been made.
const seconds = 300;

/**
 * Makes systemd run the steps before a start: they make the root, label it and prepare the start. If the host's data is
 * copied, that may take any time. sandbox@.service does not want that unit, or systemd would load it in each start, for
 * nothing.
 */
export async function prepareRoot(
  name: SandboxName,
  { again = 60_000, host = ownHost }: { readonly again?: number; readonly host?: PrepareHost } = {},
): Promise<void> {
  await host.extendTimeout(seconds);
  const timer = setInterval(() => void host.extendTimeout(seconds), again);
  try {
    await host.runUnit(`sandbox-root@${name}.service`);
  } finally {
    clearInterval(timer);
  }
  await host.extendTimeout(seconds);
}

const ownHost: PrepareHost = {
  extendTimeout,
  runUnit: async (unit) => {
    await runQuick("systemctl", ["start", unit]);
  },
};
