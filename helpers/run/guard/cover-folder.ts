import { join } from "node:path";
import { stateRoot } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { type HostFolder, mountOf, withHostFolder } from "../host-folder.ts";
import { type Lock, takeLock } from "../../host/lock.ts";
import { bind, isHarmlessMount } from "../../host/mounts.ts";

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
export async function coverFolder(path: string, host: CoverHost = ownHost): Promise<void> {
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

const ownHost: CoverHost = {
  takeLock: () => takeLock(join(stateRoot, ".guarding"), seconds),
  isHarmless,
  mountOver,
};
