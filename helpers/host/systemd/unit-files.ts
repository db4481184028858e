import { readdirSync, readlinkSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { orMissing } from "../../../base/files.ts";
import { rootDirectory } from "../../../base/paths.ts";
import { parseContentUnit, type UnitName } from "../../../conf/values/values.ts";
import { type HostTree, openHostTree } from "../files/host-tree.ts";
import type { Systemd } from "./systemd.ts";

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

/**
 * Asks systemd whether instances of a template are `enabled`, `disabled`, `masked` … It asks once for all instances
 * with the same links and files in the unit folders, because systemd reads these folders again for every question.
 */
export async function openEnablement(
  systemd: Pick<Systemd, "readEnablement" | "readUnitPath">,
): Promise<(unit: string) => Promise<string>> {
  const places = findPlaces(await systemd.readUnitPath());
  const answers = new Map<string, Promise<string>>();
  return (unit) => {
    const key = [templateOf(unit), ...(places.get(unit) ?? [])].join("\n");
    const answer = answers.get(key) ?? systemd.readEnablement(unit);
    answers.set(key, answer);
    return answer;
  };
}

const instanceName = /^([^@/]+@)[^/]+(\.[a-z]+)$/;

const templateOf = (unit: string): string => unit.replace(instanceName, "$1$2");

/** Finds the places in the folders that name an instance, and where they lead. Equal instances have equal texts. */
function findPlaces(folders: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const places = new Map<string, string[]>();
  const note = (unit: string, place: string): void => {
    if (instanceName.test(unit)) places.set(unit, [...(places.get(unit) ?? []), place]);
  };
  for (const folder of folders) {
    for (const entry of listFolder(folder)) {
      const path = join(folder, entry);
      if (/\.(wants|requires|upholds)$/.test(entry)) {
        for (const unit of listFolder(path)) note(unit, `${path} ${describePlace(join(path, unit), unit)}`);
      } else if (!entry.endsWith(".d")) {
        note(entry, `${folder} ${describePlace(path, entry)}`);
      } else if (!folder.startsWith("/run/systemd/generator")) {
        // A drop-in may have its own [Install] section. Drop-ins of a generator are in effect without one.
        note(entry.slice(0, -".d".length), path);
      }
    }
  }
  return places;
}

function describePlace(path: string, unit: string): string {
  try {
    const target = readlinkSync(path);
    return basename(target) === unit ? join(dirname(target), templateOf(unit)) : target;
  } catch {
    return path;
  }
}

const listFolder = (path: string): readonly string[] => (orMissing(() => readdirSync(path)) ?? []).sort();

const folders = ["generator.early", "generator", "generator.late"].map((name) => join("/run/systemd", name));

const isContent = (unit: string): boolean => /[^@]\.(service|socket|timer|path)$/.test(unit);

/**
 * Finds the links by which a generator on the host made a unit want or require others (systemd.generator(7)): absolute
 * paths such as `/run/systemd/generator/db.service.wants/db@17.service`.
 */
export const findGeneratedLinks = (unit: string, host: HostTree): readonly string[] =>
  folders
    .flatMap((folder) => ["wants", "requires"].map((kind) => join(folder, `${unit}.${kind}`)))
    .flatMap((folder) =>
      host
        .list(folder)
        .filter(isContent)
        .map((name) => join(folder, name)),
    );

/**
 * Adds the units that a generator on this host made these units want. A unit that only groups others, one for each
 * cluster or configuration file, does nothing without them, and no generator runs inside.
 */
export function withGeneratedWants(units: readonly UnitName[]): readonly UnitName[] {
  const host = openHostTree(rootDirectory);
  const all = new Set(units);
  // The loop also visits units that are added to the set meanwhile.
  for (const unit of all) for (const link of findGeneratedLinks(unit, host)) all.add(parseContentUnit(basename(link)));
  return [...all];
}
