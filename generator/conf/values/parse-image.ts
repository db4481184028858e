import { parseSize } from "./parse-mount.ts";
import { ValueError } from "./value-error.ts";

// A smaller image has no room beside ext4's own tables. With blocks of this size ext4 cannot be larger.
const smallest = 16 * 1024 ** 2;
const largest = 16 * 1024 ** 4;
const block = 4096;
const expected = "a size from 16M to less than 16T, such as 2G";

/** Parses the size of an image, to bytes in whole blocks. Throws a ValueError. */
export function parseImage(text: string): number {
  const bytes = Math.ceil(parseSize(text, expected) / block) * block;
  if (bytes >= smallest && bytes < largest) return bytes;
  throw new ValueError(`expected ${expected}`);
}
