import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { hasSpace } from "../copy/require-space.ts";

// The file system is asked once for so much, or for less where it is almost full; what others write meanwhile is seen then.
const portions = [1 << 26, 1 << 20, 0];
// At least a block of the disk, be it empty.
const bytesPerFile = 4096;

/** Takes account of a file that is about to be written; a SandboxError if the disk would be full. A hole takes nothing. */
export type Allowance = (bytes: number) => void;

/** What an archive may take of the file system of an open folder, called `place`: all but what is kept for the host. */
export function makeAllowance(folder: number, place: string): Allowance {
  let left = 0;
  return (bytes) => {
    const needed = bytes + bytesPerFile;
    if (needed > left) {
      const portion = portions.find((each) => hasSpace(folder, needed + each, 1 + each / bytesPerFile));
      if (portion === undefined)
        throw new SandboxError(`the disk of ${place} has no room for it`, { hint: "Free some, and import it again" });
      left = needed + portion;
    }
    left -= needed;
  };
}
