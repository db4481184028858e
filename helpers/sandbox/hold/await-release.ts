import { closeSync, openSync, readFileSync } from "node:fs";
import { heldFile } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { writeEntry } from "../../host/journal-entry.ts";
import { orMissing } from "../../host/or-missing.ts";
import { type QuickResult, runQuick } from "../../host/run-quick.ts";

/** Its requests to the host. Unit tests replace them. */
export interface ReleaseHost {
  /** Runs flock(1) with these options on an open file. */
  readonly lock: (file: number, ...options: readonly string[]) => Promise<QuickResult>;
  /** Writes a line into the sandbox's journal, where people look. */
  readonly tell: (name: SandboxName, text: string) => Promise<unknown>;
}

/**
 * Reports which commands hold a sandbox, and resolves when they have ended. The kernel keeps their lock, so it ends
 * with them (see hold.ts).
 */
export async function awaitRelease(name: SandboxName, host: ReleaseHost = ownHost): Promise<void> {
  const path = heldFile(name);
  const file = orMissing(() => openSync(path, "r"));
  if (file === undefined) return;
  try {
    const holder = readFileSync(file, "utf8").split("\n", 1)[0] ?? "";
    if ((await host.lock(file, "--nonblock")).status === 0) return;
    await host.tell(name, `${name} is held by \`${holder}\`: the start waits until that command has ended`);
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

const ownHost: ReleaseHost = {
  lock: (file, ...options) => runQuick("flock", ["--shared", ...options, "3"], { files: [file] }),
  tell,
};
