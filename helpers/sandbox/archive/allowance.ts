import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { hasSpace } from "../copy/require-space.ts";

// The file system is asked once for a portion of this size, or a smaller one if it is almost full. The next question
// also sees what others have written meanwhile.
const portions = [1 << 26, 1 << 20, 0];
// Even an empty file takes at least a block of the disk.
const bytesPerFile = 4096;

/**
 * Counts a file that is about to be written. Throws a SandboxError if the disk would be full. A hole takes no space.
 */
export type Allowance = (bytes: number) => void;

/**
 * Limits the space that an archive may take in the file system of an open folder, called `place`: everything except the
 * reserve of the host. `fits` says whether so many bytes fit in so many files.
 */
export function makeAllowance(
  folder: number,
  place: string,
  fits: (folder: number, bytes: number, files: number) => boolean = hasSpace,
): Allowance {
  let left = 0;
  return (bytes) => {
    const needed = bytes + bytesPerFile;
    if (needed > left) {
      const portion = portions.find((each) => fits(folder, needed + each, 1 + each / bytesPerFile));
      if (portion === undefined)
        throw new SandboxError(`the archive does not fit on the disk of ${place}`, {
          hint: "Free some space, and import it again",
        });
      left = needed + portion;
    }
    left -= needed;
  };
}
