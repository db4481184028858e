import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { mountsDirectory, runtimeDirectory, runtimeRoot } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { statusFile } from "../../host/libvirt-files.ts";
import { removeIfThere } from "../../host/remove-if-there.ts";

const linkOf = (name: SandboxName): string => join(runtimeRoot, `.stopped-${name}`);

/** Whether something of a start is still there: it was never stopped, or its stop could not unmount all. */
export const isLeft = (name: SandboxName): boolean =>
  [runtimeDirectory(name), mountsDirectory(name), statusFile(name)].some((path) => existsSync(path));

/** Says to native/unless-stopped.c that nothing is left of an invocation of the unit (systemd.exec(5)). */
export function sayTakenDown(name: SandboxName, invocation: string): void {
  symlinkSync(invocation, linkOf(name));
}

/** Removes what an earlier stop said, if systemd has not run unless-stopped since. */
export function forgetTakenDown(name: SandboxName): void {
  removeIfThere(linkOf(name));
}
