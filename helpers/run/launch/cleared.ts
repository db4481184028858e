import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { mountsDirectory, stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { plainText } from "../../sandbox/untrusted-text.ts";

// For `show`: settings of units that cannot work inside and were turned off there.
const clearedFile = (name: SandboxName): string => join(stateDirectory(name), "cleared");

/** What inside/ready says of settings that were turned off; nothing removes what it said before. */
export function keepCleared(name: SandboxName, cleared: string): void {
  if (cleared === "") rmSync(clearedFile(name), { force: true });
  else writeFileSync(clearedFile(name), `${plainText(cleared)}\n`, { mode: 0o600 });
}

/** Has inside/ready run at this start if something was turned off before: only it knows what that is now. */
export function askForCleared(name: SandboxName): void {
  if (!existsSync(clearedFile(name))) return;
  const dropIns = join(mountsDirectory(name), "run/systemd/system/sandboxcontainer.target.d");
  writeFileSync(join(dropIns, "60-cleared.conf"), "[Unit]\nWants=sandboxcontainer-ready.service\n");
}
