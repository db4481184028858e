import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../../../base/files.ts";
import { runtimeRoot } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { takeLock } from "../../host/files/lock.ts";

/** One of the turns that starts take. */
export interface Turn {
  /** Whether other starts wait for this one to end. */
  readonly isShared: boolean;
  readonly end: () => void;
}

const prefix = ".starting-";
// More than four starts at once are no faster.
const turns = 4;
// A start that hangs must not keep the others waiting for long.
const timeout = 60;

/**
 * Waits until fewer than five sandboxes start, if more are on their way. libvirt takes all mounts of the host into each
 * new container: if hundreds started at once, each would carry the mounts of all that wait.
 */
export async function takeTurn(name: SandboxName): Promise<Turn> {
  // In /run, so that none is left of a boot that ended during starts.
  mkdirSync(runtimeRoot, { recursive: true, mode: 0o711 });
  const mark = join(runtimeRoot, `${prefix}${name}`);
  writeFile(mark, "");
  const removeMark = (): void => {
    rmSync(mark, { force: true });
  };
  const others = readdirSync(runtimeRoot).filter((entry) => entry.startsWith(prefix));
  if (others.length < 2) return { isShared: false, end: removeMark };
  const lock = await takeLock(join(runtimeRoot, `.turn-${process.pid % turns}`), timeout);
  return {
    isShared: true,
    end: () => {
      removeMark();
      lock.release();
    },
  };
}
