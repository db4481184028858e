import { readdirSync } from "node:fs";
import { join } from "node:path";
import { confDirectories } from "./paths.ts";
import { ConfError, describeError } from "./sandbox-error.ts";
import { isSandboxName, parseSandboxName, type SandboxName } from "./sandbox-name.ts";

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
    throw new Error(`is no conf of ${parseSandboxName(name)}`);
  } catch (error) {
    return new ConfError({ path }, describeError(error));
  }
}
