import { constants, fstatSync, openSync } from "node:fs";
import { beneath, closeAfter, openBeneath } from "../../sandbox/tree/beneath.ts";

// O_PATH of open(2) finds a file in its folder without opening the file itself. Node has no name for it.
const O_PATH = 0o10000000;

/**
 * Opens the pipe through which a start learns its result, in the container with this PID 1. Root inside may have
 * replaced it by anything, so this follows no link, and opens only a pipe. Undefined otherwise, and if there is no
 * container.
 */
export const openOutcome = (initPid: number): number | undefined =>
  openPipe(`/proc/${initPid}/root/.`, ["run", "host"], "outcome");

/** The same for a pipe below any folder. It is also opened for reading, so that the open does not wait (fifo(7)). */
export function openPipe(root: string, folders: readonly string[], name: string): number | undefined {
  try {
    const top = openSync(root, constants.O_RDONLY | constants.O_DIRECTORY);
    const folder = closeAfter(top, () => openBeneath(top, folders));
    const place = closeAfter(folder, () => openSync(beneath(folder, name), O_PATH | constants.O_NOFOLLOW));
    return closeAfter(place, () =>
      fstatSync(place).isFIFO() ? openSync(`/proc/self/fd/${place}`, constants.O_RDWR) : undefined,
    );
  } catch {
    return undefined;
  }
}
