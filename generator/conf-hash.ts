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

/** FNV-1a, 64 bits, of the UTF-8 bytes; in two halves, because BigInt is a hundred times slower. */
export function hashText(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  // for…of takes three times as long.
  Buffer.from(text).forEach((byte) => {
    low = (low ^ byte) >>> 0;
    // Times 2^40 + 0x1b3.
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 0x1_0000_0000) + (low << 8)) >>> 0;
    low = product >>> 0;
  });
  return [high, low].map((half) => half.toString(16).padStart(8, "0")).join("");
}
