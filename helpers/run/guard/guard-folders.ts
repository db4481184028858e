import { mkdirSync, readdirSync } from "node:fs";
import { describeError, SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { guardLock, runtimeRoot, stateRoot } from "../../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { type Lock, takeLock } from "../../host/files/lock.ts";
import { bind, isHarmlessMount } from "../../host/files/mounts.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { type HostFolder, mountOf, pathAbove, readWay, type WayPart, withHostFolder } from "../host-folder.ts";
import { addGuarded, guardedList, isListed, readGuarded } from "./guarded-list.ts";

/** Who can reach a folder, and who can move it. */
export interface WayJudgement {
  /** Whether no user of the host except root can reach it. */
  readonly isClosed: boolean;
  /**
   * How far above it the topmost folder is in which users other than root can move things; undefined if there is none.
   */
  readonly looseLevel: number | undefined;
}

/**
 * Judges the folders above it, the nearest first. The mode of the folder itself says nothing, because root inside can
 * change it.
 */
export function judgeWay(parts: readonly WayPart[]): WayJudgement {
  const loose = parts.findLastIndex(isLoose);
  return {
    isClosed: parts.some((part) => !isLoose(part) && (part.mode & 0o011) === 0),
    looseLevel: loose === -1 ? undefined : loose + 1,
  };
}

const isLoose = ({ owner, mode }: WayPart): boolean => owner !== 0 || (mode & 0o022) !== 0;

/** Its actions on the host. Unit tests replace them. */
export interface CoverHost {
  readonly takeLock: () => Promise<Lock>;
  readonly isHarmless: (folder: HostFolder) => boolean;
  readonly mountOver: (folder: HostFolder) => void;
}

const seconds = 60;

/**
 * Mounts a folder over itself, so that set-user-id files in it have no effect. Only one folder at a time, or two starts
 * would both mount over the same folder. A process that opened the folder earlier still sees the folder below the new
 * mount. Throws a SandboxError.
 */
export async function coverFolder(path: string, host: CoverHost = coverHost): Promise<void> {
  const lock = await host.takeLock();
  try {
    if (!lock.isTaken)
      throw new SandboxError(`${path} cannot be guarded: another start is still guarding a folder after ${seconds} s`);
    await withHostFolder(path, (folder) => {
      if (!host.isHarmless(folder)) host.mountOver(folder);
      return Promise.resolve();
    });
  } finally {
    lock.release();
  }
}

/** Whether set-user-id files and devices in the mount of a folder have no effect. */
export const isHarmless = (folder: HostFolder): boolean => isHarmlessMount(mountOf(folder));

/** Takes along everything that is mounted below, because the host's users need it. */
export const mountOver = ({ descriptor }: HostFolder): void => {
  bind({ from: descriptor, to: descriptor, flags: ["nosuid", "nodev"], isRecursive: true, isPrivate: false });
};

const coverHost: CoverHost = {
  takeLock: () => {
    // At a boot nothing has made this folder yet.
    mkdirSync(runtimeRoot, { recursive: true, mode: 0o711 });
    return takeLock(guardLock, seconds);
  },
  isHarmless,
  mountOver,
};

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
export async function guardFolder(folder: HostFolder, list: string, host: GuardHost = guardHost): Promise<void> {
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

const guardHost: GuardHost = {
  readWay,
  pathAbove,
  isHarmless,
  isMountPoint: (folder) => mountOf(folder) !== mountOf(folder, 1),
  isListed,
  addGuarded,
  coverFolder,
};

/** Its actions on the host. Unit tests replace them. */
export interface BootHost {
  readonly listSandboxes: () => readonly SandboxName[];
  readonly readGuarded: (name: SandboxName) => readonly string[];
  readonly guard: (path: string, name: SandboxName) => Promise<void>;
  readonly warn: (text: string) => void;
}

/**
 * Guards, at boot, the folders of the host that sandboxes could write when they ran. If a folder cannot be guarded, the
 * boot still goes on: the start of its sandbox tries again and reports the problem.
 */
export async function guardFolders(host: BootHost = ownHost): Promise<void> {
  for (const name of host.listSandboxes()) {
    for (const path of host.readGuarded(name)) {
      try {
        await host.guard(path, name);
      } catch (error) {
        host.warn(
          `${path}, which ${name} could write to, is not guarded against set-user-id files: ${describe(error)}`,
        );
      }
    }
  }
}

const describe = (error: unknown): string =>
  error instanceof Error && !(error instanceof SandboxError) ? error.message : describeError(error);

const ownHost: BootHost = {
  listSandboxes: () => (orMissing(() => readdirSync(stateRoot)) ?? []).filter(isSandboxName).sort(),
  readGuarded: (name) => readGuarded(guardedList(name)),
  guard: (path, name) => withHostFolder(path, (folder) => guardFolder(folder, guardedList(name))),
  warn: printWarning,
};
