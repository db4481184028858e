import { lstatSync, readFileSync, statSync, type Stats } from "node:fs";
import { ConfError } from "./sandbox-error.ts";

const largestFile = 16 * 1024 * 1024;
// Linux's number for device 1:3.
const nullDevice = 0x103;

/**
 * Reads a conf file. Returns undefined if it does not exist, and "" if it is empty or a link to /dev/null, which masks
 * files of that name in folders with lower precedence. Throws a ConfError.
 */
export function readConfFile(path: string): string | undefined {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
      throw new ConfError({ path }, "the file is a broken link", "Remove it, or link it to /dev/null to mask the conf");
    }
    if (isNullDevice(stat)) return "";
    // Reading anything else might never end, and opening it might have an effect.
    if (!stat.isFile())
      throw new ConfError({ path }, stat.isDirectory() ? "this is a folder" : "this is not a regular file");
    if (stat.size > largestFile) throw new ConfError({ path }, "the file is too large for a conf");
    return stat.size === 0 ? "" : readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof ConfError) throw error;
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new ConfError({ path }, `the file cannot be read (${code})`);
  }
}

/** Whether a file exists only to hide files of the same name in folders with lower precedence. */
export function isMaskFile(path: string): boolean {
  try {
    const stat = statSync(path);
    return isNullDevice(stat) || (stat.isFile() && stat.size === 0);
  } catch {
    // Who reads it learns what is wrong, such as a link that leads to itself.
    return false;
  }
}

const isNullDevice = (stat: Stats): boolean => stat.isCharacterDevice() && stat.rdev === nullDevice;
