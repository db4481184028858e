import { existsSync, lstatSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { imageFile, imageMountPoint, manifestFile, rootTree, stateDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { isMountPoint } from "../host/files/mounts.ts";

/**
 * Whether somebody removed the tree of a sandbox, or all that is in it. What the kernel mounts in it goes with it, also in
 * a sandbox that runs, so nothing inside can work any more. If nobody can tell, it is not gone.
 */
export function isTreeGone(name: SandboxName): boolean {
  // An image that is not mounted says nothing.
  if (!isMissing(imageFile(name)) && !isMountPoint(imageMountPoint(name))) return false;
  return isMissing(join(rootTree(name), "proc"));
}

/** Whether a sandbox has had a root. */
export const wasMade = (name: SandboxName): boolean => existsSync(manifestFile(name));

/** What of a root is missing that was made once: the tree, or the image that contains it. */
export function findLost(name: SandboxName): string | undefined {
  const root = join(stateDirectory(name), "root");
  // The mounted image of a file that was removed is still there, until it is unmounted.
  if (isMissing(imageFile(name)) && isLink(root)) return imageFile(name);
  return isTreeGone(name) ? rootTree(name) : undefined;
}

/** An error about a root that is gone, with the ways out. `snapshot` is the latest one. */
export const describeLost = (name: SandboxName, path: string, snapshot: string | undefined): SandboxError =>
  new SandboxError(`the root of ${name} is gone: somebody removed ${path}`, {
    hint: [
      ...(snapshot === undefined ? [] : [`Go back to a snapshot: sandboxcontainer rollback ${name} ${snapshot}. `]),
      `${snapshot === undefined ? "Take" : "Or take"} it from an archive: sandboxcontainer import --replace FILE ${name}. `,
      `Or begin again without its data: sandboxcontainer delete ${name}, and create it again`,
    ].join(""),
  });

function isMissing(path: string): boolean {
  try {
    return lstatSync(path, { throwIfNoEntry: false }) === undefined;
  } catch {
    return false;
  }
}

const isLink = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
