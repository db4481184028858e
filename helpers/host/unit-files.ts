import { readdirSync, readlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { orMissing } from "./or-missing.ts";

/**
 * Lists the paths of unit files in folders, the highest precedence first. Leaves out files that are no unit by themselves:
 * templates, and links that only give a unit another name. systemd has the same list, but takes a second for it, because
 * it finds out the state of each.
 */
export function listUnitFiles(folders: readonly string[]): readonly string[] {
  const paths = new Map<string, string>();
  for (const folder of folders)
    for (const name of orMissing(() => readdirSync(folder)) ?? [])
      if (!paths.has(name)) paths.set(name, join(folder, name));
  return [...paths].flatMap(([name, path]) => (name.includes("@.") || isOtherName(name, path) ? [] : [path]));
}

// A link to /dev/null masks a unit. A link to a file of the same name is one to a folder that systemd does not search.
function isOtherName(name: string, path: string): boolean {
  const target = readTarget(path);
  return target !== undefined && target !== "/dev/null" && basename(target) !== name;
}

function readTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
