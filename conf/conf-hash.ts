import type { Conf } from "./conf.ts";
import { hasCredentials } from "./credentials.ts";
import { type SettingName, settingNames, settings } from "./settings.ts";

const hashed = settingNames.toSorted();

/**
 * Hashes the settings that are not at their defaults, the limits, and whether there are credentials, but not the lines that
 * are passed through to the unit, to 16 hexadecimal digits.
 */
export function hashConf(conf: Conf): string {
  const values = hashed.filter((name) => isSet(conf, name)).map((name) => [name, conf[name]]);
  const limits = conf.resources.map(({ key, value }) => [key, value]);
  return hashText(JSON.stringify([values, limits, ...(hasCredentials(conf) ? ["credentials"] : [])]));
}

function isSet(conf: Conf, name: SettingName): boolean {
  const [setting, value] = [settings[name], conf[name]];
  return setting.repeats ? (value as readonly unknown[]).length > 0 : value !== setting.default;
}

/**
 * The file in the state folder that says that the root was made and prepared from this conf, on the host with this
 * machine-id(5): another host has other packages, ids and levels, and prepares again.
 */
export const stampOf = (hash: string, machineId: string): string => `populated-${hash}-${machineId}`;

/**
 * FNV-1a with 64 bits, over the UTF-8 bytes. It works on two halves because BigInt is a hundred times slower, and
 * multiplies 16 bits at a time so that V8 can use small integers.
 */
export function hashText(text: string): string {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
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
