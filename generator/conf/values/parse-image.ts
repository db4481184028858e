import { parseSize } from "./parse-mount.ts";
import { ValueError } from "./value-error.ts";

// Less leaves no room beside ext4's own tables; more ext4 does not take with blocks of this size.
const smallest = 16 * 1024 ** 2;
const largest = 16 * 1024 ** 4;
const block = 4096;
const expected = "a size from 16M to less than 16T, as 2G";

/** The size of an image, in bytes: whole blocks. Throws a ValueError. */
export function parseImage(text: string): number {
  const bytes = Math.ceil(parseSize(text, expected) / block) * block;
  if (bytes >= smallest && bytes < largest) return bytes;
  throw new ValueError(`expected ${expected}`);
}
