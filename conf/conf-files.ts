import { lstatSync, readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { join } from "node:path";
import { ConfError, describeError } from "../base/errors.ts";
import { confDirectories } from "../base/paths.ts";
import { isSandboxName, parseSandboxName, type SandboxName } from "../base/sandbox-name.ts";

/** Lists the names in a folder, sorted; none if the folder does not exist. Throws a ConfError if it cannot be read. */
export function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    if (code === "ENOENT") return [];
    throw new ConfError({ path }, `the folder cannot be read (${code})`);
  }
}

/** Finds the conf files in drop-in folders, sorted by name. A file hides files of the same name in later folders. */
export function findDropIns(folders: readonly string[]): readonly string[] {
  const found = new Map<string, string>();
  for (const folder of folders) {
    for (const file of listFolder(folder)) {
      if (file.endsWith(".conf") && !file.startsWith(".") && !found.has(file)) found.set(file, join(folder, file));
    }
  }
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, path]) => path);
}

/** The content of the conf folders; each folder is read once. */
export interface ConfFolders {
  /** The conf file with the highest precedence, by sandbox. */
  readonly confs: ReadonlyMap<SandboxName, string>;
  /** The drop-in folders, by sandbox, highest precedence first. */
  readonly dropInFolders: ReadonlyMap<string, readonly string[]>;
  /** Conf files that are not named like a sandbox, and folders that cannot be read. */
  readonly strays: readonly ConfError[];
}

export function readConfFolders(folders: readonly string[] = confDirectories): ConfFolders {
  const confs = new Map<SandboxName, string>();
  const dropInFolders = new Map<string, string[]>();
  const strays: ConfError[] = [];
  for (const folder of folders) {
    for (const file of tryListFolder(folder, strays)) {
      if (file.startsWith(".")) continue;
      if (file.endsWith(".conf.d")) {
        const name = file.slice(0, -".conf.d".length);
        dropInFolders.set(name, [...(dropInFolders.get(name) ?? []), join(folder, file)]);
      } else if (file.endsWith(".conf")) {
        const name = file.slice(0, -".conf".length);
        if (!isSandboxName(name)) strays.push(describeStray(join(folder, file), name));
        else if (!confs.has(name)) confs.set(name, join(folder, file));
      }
    }
  }
  return { confs: new Map([...confs].sort(([one], [other]) => (one < other ? -1 : 1))), dropInFolders, strays };
}

function tryListFolder(folder: string, strays: ConfError[]): readonly string[] {
  try {
    return listFolder(folder);
  } catch (error) {
    if (!(error instanceof ConfError)) throw error;
    strays.push(error);
    return [];
  }
}

function describeStray(path: string, name: string): ConfError {
  try {
    throw new Error(`is not a conf of ${parseSandboxName(name)}`);
  } catch (error) {
    return new ConfError({ path }, describeError(error));
  }
}

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
