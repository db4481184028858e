import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { type HostFolder, mountOf, pathAbove, readWay, type WayPart } from "../host-folder.ts";
import { coverFolder, isHarmless } from "./cover-folder.ts";
import { addGuarded, isListed } from "./guarded-list.ts";
import { judgeWay } from "./judge-way.ts";

/** Its questions to the host and its actions there. Unit tests replace them. */
export interface GuardHost {
  readonly readWay: (folder: HostFolder) => readonly WayPart[];
  readonly pathAbove: (folder: HostFolder, levelsUp: number) => string;
  readonly isHarmless: (folder: HostFolder) => boolean;
  /** Whether something is mounted on the folder itself. */
  readonly isMountPoint: (folder: HostFolder) => boolean;
  readonly isListed: (path: string, list: string) => boolean;
  readonly addGuarded: (path: string, list: string) => void;
  readonly coverFolder: (path: string) => Promise<void>;
}

/**
 * Makes sure that files which root inside leaves in a folder give nobody on the host more rights: user 0 inside is 0 on
 * disk. If users of the host can reach the folder, this mounts it over itself with nosuid,nodev, and adds it to `list`,
 * so that it is guarded again at boot. All folders on the way must belong to root: anyone who can move the folder can
 * take it out of the guard. Throws a SandboxError.
 */
export async function guardFolder(folder: HostFolder, list: string, host: GuardHost = ownHost): Promise<void> {
  const { isClosed, looseLevel } = judgeWay(host.readWay(folder));
  if (isClosed) return;
  const isSafe = host.isHarmless(folder);
  // The whole file system is mounted this way, so it holds wherever the folder is moved.
  if (isSafe && !host.isMountPoint(folder)) return;
  if (looseLevel !== undefined) {
    // Files that were left in it earlier stay harmless until then.
    if (host.isListed(folder.path, list)) await host.coverFolder(folder.path);
    throw describeLoose(folder.path, host.pathAbove(folder, looseLevel));
  }
  // Writes the list to disk before anything can be left in the folder.
  host.addGuarded(folder.path, list);
  if (!isSafe) await host.coverFolder(folder.path);
}

const describeLoose = (path: string, loose: string): SandboxError =>
  new SandboxError(`users other than root can move ${path}, because they can write to ${loose}`, {
    hint:
      "They could run set-user-id files that root inside leaves there. Use a folder that only root can move, mount its file " +
      "system with nosuid,nodev, or see host-bind,suid in sandboxcontainer.conf(5)",
  });

const ownHost: GuardHost = {
  readWay,
  pathAbove,
  isHarmless,
  isMountPoint: (folder) => mountOf(folder) !== mountOf(folder, 1),
  isListed,
  addGuarded,
  coverFolder,
};
