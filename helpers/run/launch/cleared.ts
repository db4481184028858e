import { existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../../../base/files.ts";
import { mountsDirectory, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { plainText } from "../../sandbox/untrusted-text.ts";

// For `show`: the settings of units that cannot work inside and were turned off there.
const clearedFile = (name: SandboxName): string => join(stateDirectory(name), "cleared");

/** Keeps the report of inside/ready about settings that were turned off. An empty report removes the previous one. */
export function keepCleared(name: SandboxName, cleared: string): void {
  if (cleared === "") rmSync(clearedFile(name), { force: true });
  else writeFile(clearedFile(name), `${plainText(cleared)}\n`, { mode: 0o600 });
}

/**
 * Makes inside/ready run at this start if something was turned off earlier: only inside/ready knows the current state.
 */
export function askForCleared(name: SandboxName): void {
  if (!existsSync(clearedFile(name))) return;
  const dropIns = join(mountsDirectory(name), "run/systemd/system/sandboxcontainer.target.d");
  writeFile(join(dropIns, "60-cleared.conf"), "[Unit]\nWants=sandboxcontainer-ready.service\n", {
    mode: 0o644,
  });
}
