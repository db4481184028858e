import { constants, fstatSync, openSync } from "node:fs";
import { beneath, closeAfter, openBeneath } from "../../sandbox/tree/beneath.ts";

// open(2): the place of a file in its folder, without opening the file itself. Node has no name for it.
const O_PATH = 0o10000000;

/**
 * Opens the pipe in which a start learns how it ended, of the container with this PID 1. Root inside may have put anything in its place: a
 * link is not followed, and what is no pipe is not opened. Undefined then, and when there is no container.
 */
export const openOutcome = (initPid: number): number | undefined =>
  openPipe(`/proc/${initPid}/root/.`, ["run", "host"], "outcome");

/** The same for a pipe below any folder. It is opened for reading too, which waits for nobody (fifo(7)). */
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
