import { join } from "node:path";
import { rootTree } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { isWithin } from "../../../generator/conf/values/parse-mount.ts";
import { withDirectory } from "../../sandbox/tree/beneath.ts";
import { findObstacle } from "../../sandbox/tree/find-obstacle.ts";
import { quoteName } from "../../sandbox/untrusted-text.ts";

/** What libvirt mounts in a container: a folder of the host, and where it is inside. */
export interface Target {
  readonly source: string;
  readonly target: string;
}

// libvirt mounts file systems of the kernel there first.
const ofKernel = ["/proc", "/sys", "/dev"];

/**
 * Throws a SandboxError if libvirt would mount through a link in the tree. libvirt follows it: root inside could cover our
 * own programs in /usr with a folder that it can write, and they would run with all the rights of a start. Nothing of the
 * sandbox runs now, so what is checked stays so. A part that is missing is made by libvirt.
 */
export function requireTargets(name: SandboxName, mounts: readonly Target[]): void {
  if (mounts[0]?.target !== "/") throw new Error("the root is not the first mount");
  // The same files as in the mount of the root.
  const root = { source: rootTree(name), target: "/" };
  const places: readonly Target[] = [root, ...ofKernel.map((target) => ({ source: "", target })), ...mounts.slice(1)];
  for (const [index, { target }] of places.entries()) {
    // What is mounted there is what was mounted last.
    const outer = places.slice(0, index).findLast((other) => other.source !== "" && isBelow(target, other.target));
    if (outer !== undefined) requireFolders(name, target, outer);
  }
}

const isBelow = (path: string, folder: string): boolean =>
  path !== folder && (folder === "/" || isWithin(path, folder));

function requireFolders(name: SandboxName, target: string, outer: Target): void {
  // Throws if it cannot be opened: what cannot be looked at does not count as missing.
  withDirectory(outer.source, () => undefined);
  const below = outer.target === "/" ? target : target.slice(outer.target.length);
  const obstacle = findObstacle(outer.source, below);
  if (obstacle?.found === undefined) return;
  // A file of the host is mounted on a file. On a folder the kernel does not mount it, nor the other way round.
  if (obstacle.found.kind === "file" && obstacle.path === below) return;
  const path = `${outer.target === "/" ? "" : outer.target}${obstacle.path}`;
  const what = obstacle.found.kind === "link" ? `a link to ${quoteName(obstacle.found.target)}` : "not a folder";
  throw new SandboxError(`nothing is mounted on ${target} in ${name}: ${path} inside is ${what}`, {
    hint: `Remove ${outer.target === "/" ? join(rootTree(name), path) : "it"}, or name another folder in Mount=`,
  });
}
