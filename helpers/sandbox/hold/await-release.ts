import { closeSync, openSync, readFileSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { heldFile } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { type QuickResult, runQuick } from "../../host/process/run-quick.ts";
import { writeEntry } from "../../host/systemd/notify.ts";
import { startsAgain } from "./hold.ts";

// Seconds. A start that comes late in a long copy fails after that time.
const longestWait = 5;

/** Its requests to the host. Unit tests replace them. */
export interface ReleaseHost {
  /** Runs flock(1) with these options on an open file. */
  readonly lock: (file: number, ...options: readonly string[]) => Promise<QuickResult>;
  /** Whether systemd has a start of the sandbox that waits. */
  readonly isStartWaiting: (name: SandboxName) => Promise<boolean>;
  /** Writes a line into the sandbox's journal, where people look. */
  readonly tell: (name: SandboxName, text: string) => Promise<unknown>;
}

/**
 * Resolves when the commands that hold a sandbox have ended. The kernel keeps their lock, so it ends with them (see
 * hold.ts). If somebody else wants to start the sandbox meanwhile, reports which command holds it.
 */
export async function awaitRelease(name: SandboxName, host: ReleaseHost = ownHost): Promise<void> {
  const path = heldFile(name);
  const file = orMissing(() => openSync(path, "r"));
  if (file === undefined) return;
  try {
    const [holder = "", mark] = readFileSync(file, "utf8").split("\n");
    // Who starts the sandbox again afterwards waits for nobody.
    for (let wait = 0; mark !== startsAgain; wait = Math.min(wait + 1, longestWait)) {
      const { status, output } = await host.lock(file, ...(wait === 0 ? ["--nonblock"] : ["--timeout", String(wait)]));
      if (status === 0) return;
      if (status !== 1) throw new SandboxError(`${path} cannot be locked: ${output}`);
      if (await host.isStartWaiting(name)) {
        await host.tell(name, `${name} is held by \`${holder}\`: the start waits until that command has ended`);
        break;
      }
    }
    const { status, output } = await host.lock(file);
    if (status !== 0) throw new SandboxError(`${path} cannot be locked: ${output}`);
  } finally {
    closeSync(file);
  }
}

// The line also shows as a message of sandbox@NAME.service (journalctl(1), -u).
const tell = (name: SandboxName, text: string): Promise<QuickResult> =>
  writeEntry({
    MESSAGE: text,
    PRIORITY: "5",
    SYSLOG_IDENTIFIER: name,
    OBJECT_SYSTEMD_UNIT: `sandbox@${name}.service`,
  });

// While nothing of it runs, the only job of the instance unit is a start.
async function isStartWaiting(name: SandboxName): Promise<boolean> {
  const asked = ["show", "--property=ActiveState,Job", `sandbox@${name}.service`];
  const { output } = await runQuick("systemctl", asked);
  return /^ActiveState=(inactive|failed)$/m.test(output) && /^Job=[1-9]/m.test(output);
}

const ownHost: ReleaseHost = {
  lock: (file, ...options) => runQuick("flock", ["--shared", ...options, "3"], { files: [file] }),
  isStartWaiting,
  tell,
};
