import type { Conf } from "./conf.ts";
import { settingNames } from "./settings.ts";

// Raised when the same conf comes to mean another root or another start: existing sandboxes are then prepared anew.
const generation = 4;

const hashed = settingNames.toSorted();

/** 16 hexadecimal digits that change with every setting and limit, and not with what is passed through to the unit. */
export function hashConf(conf: Conf): string {
  const values = hashed.map((name) => [name, conf[name] ?? null]);
  const limits = conf.resources.map(({ key, value }) => [key, value]);
  return hashText(JSON.stringify([generation, values, limits]));
}

/** The file in the state directory that says that the sandbox is made as this conf wants it. */
export const stampOf = (conf: Conf): string => `populated-${hashConf(conf)}`;

/**
 * FNV-1a, 64 bits, of the UTF-8 bytes; in two halves, because BigInt is a hundred times slower, and their product in 16 bits at a time,
 * which V8 counts with as small integers.
 */
export function hashText(text: string): string {
  let high = 0xcbf29ce4 | 0;
  let low = 0x84222325 | 0;
  Buffer.from(text).forEach((byte) => {
    low ^= byte;
    // Times 2^40 + 0x1b3.
    const bottom = (low & 0xffff) * 0x1b3;
    const top = (low >>> 16) * 0x1b3 + (bottom >>> 16);
    high = (Math.imul(high, 0x1b3) + (top >>> 16) + (low << 8)) | 0;
    low = (top << 16) | (bottom & 0xffff);
  });
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, "0")).join("");
}
