import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { readIfThere } from "../../../base/files.ts";
import { once } from "../../../base/once.ts";
import { runQuick } from "../process/run-quick.ts";
import { run } from "../process/run.ts";
import {
  type FindListers,
  findMerged,
  indexPackages,
  type ListedPackage,
  mergeUsr,
  sortPackages,
} from "./indexed-database.ts";
import type { Package, PackageDatabase, PackageName, Version } from "./package-database.ts";

// One record for each package: a line of fields, then its paths, each after a space.
const fields =
  "${binary:Package}\t${Package}\t${Version}\t${source:Package}\t${db:Status-Status}\t${Pre-Depends}\t${Depends}\t${Provides}\t${Priority}";
const format = `P\t${fields}\n\${db-fsys:Files}`;
const failure = "dpkg-query cannot read the package database";
const basePriorities = new Set(["required", "important"]);
const gone = new Set(["not-installed", "config-files"]);

interface DpkgPackage extends ListedPackage {
  readonly priority: string;
}

/** Files that packages ship at `from` are at `to`, except those of the owner. A local diversion has no owner. */
export interface Diversion {
  readonly from: string;
  readonly to: string;
  readonly owner: string | undefined;
}

/** Reads the whole dpkg database of a host. This takes two processes, however many packages there are. */
export async function readDpkgDatabase(rootDirectory: string): Promise<PackageDatabase> {
  const root = rootOption(rootDirectory);
  const [packages, diversions] = await Promise.all([
    run("dpkg-query", [...root, "--show", `--showformat=${format}`], { failure }),
    run("dpkg-divert", [...root, "--list"]),
  ]);
  const readScript = once((name) => readIfThere(join(rootDirectory, "var/lib/dpkg/info", name)));
  return parseDpkgDatabase(packages.stdout, diversions.stdout, findMerged(rootDirectory), readScript);
}

/** Reads only names and versions. dpkg reads no list of files for that. `list` does this each time, so it loads no execa. */
export async function readDpkgVersions(rootDirectory: string): Promise<readonly Version[]> {
  const versions = "${db:Status-Status}\t${binary:Package}\t${Version}\n";
  const show = [...rootOption(rootDirectory), "--show", `--showformat=${versions}`];
  const { status, output } = await runQuick("dpkg-query", show, { dropErrors: true });
  if (status !== 0) throw new SandboxError(failure);
  return parseDpkgVersions(output);
}

export const parseDpkgVersions = (output: string): readonly Version[] =>
  output.split("\n").flatMap((line) => {
    const [status, name, version] = line.split("\t");
    return status === undefined || gone.has(status) || name === undefined || version === undefined
      ? []
      : [{ name: name as PackageName, version }];
  });

const rootOption = (rootDirectory: string): readonly string[] =>
  rootDirectory === "/" ? [] : [`--root=${rootDirectory}`];

/**
 * `merged`: the top-level names that are links into /usr. `readScript` reads a script by its file's name, such as
 * `apache2.postinst`.
 */
export function parseDpkgDatabase(
  output: string,
  diversionList: string,
  merged: readonly string[],
  readScript: (file: string) => string | undefined,
): PackageDatabase {
  const packages = parsePackages(mergeUsr(output, merged));
  const base = new Set<Package>(packages.filter(({ priority }) => basePriorities.has(priority)));
  return indexPackages(packages, merged, {
    findOwners: ownerLookup(parseDiversions(mergeUsr(diversionList, merged))),
    isBase: (of) => base.has(of),
    readScript: ({ name }) => readScript(`${name}.postinst`),
    readPreinst: ({ name }) => readScript(`${name}.preinst`),
  });
}

function ownerLookup(
  diversions: readonly Diversion[],
): (path: string, findListers: FindListers<DpkgPackage>) => readonly Package[] {
  const isDiverter = (each: DpkgPackage, { owner }: Diversion): boolean =>
    each.name === owner || each.plainName === owner;
  return (path, search) => {
    const findListers = (of: string): readonly DpkgPackage[] => search(` ${of}\n`);
    const here = diversions.find(({ from }) => from === path);
    if (here !== undefined) return findListers(path).filter((each) => isDiverter(each, here));
    const moved = diversions.find(({ to }) => to === path);
    const away = moved === undefined ? [] : findListers(moved.from).filter((each) => !isDiverter(each, moved));
    return [...findListers(path), ...away];
  };
}

function parsePackages(output: string): readonly DpkgPackage[] {
  return sortPackages(`\n${output}`.split("\nP\t").slice(1).flatMap(parsePackage));
}

function parsePackage(record: string): DpkgPackage[] {
  const end = record.indexOf("\n");
  const [name, plainName, version, source, status, ...relations] = record.slice(0, end).split("\t");
  if (name === undefined || plainName === undefined || version === undefined || source === undefined) return [];
  if (status === undefined || gone.has(status)) return [];
  const [preDepends = "", depends = "", provides = "", priority = ""] = relations;
  return [
    {
      manager: "dpkg",
      name: name as PackageName,
      plainName,
      version,
      source,
      provides: parseRelation(provides).flat(),
      dependencies: [...parseRelation(preDepends), ...parseRelation(depends)],
      priority,
      listing: `${record.slice(end + 1)}\n`,
    },
  ];
}

/**
 * Parses `a (>= 1)
 * b, c:any` into names alone. Installed packages already satisfy the versions.
 */
export function parseRelation(text: string): readonly (readonly string[])[] {
  return text
    .split(",")
    .filter((part) => part.trim() !== "")
    .map((part) => part.split("|").map((alternative) => alternative.trim().replace(/[\s(:].*$/s, "")));
}

/** Parses the lines of `dpkg-divert --list`. */
export function parseDiversions(text: string): readonly Diversion[] {
  const lines = text.matchAll(/^(?:local )?diversion of (.+?) to (.+?)(?: by (\S+))?$/gm);
  return [...lines].map(([, from = "", to = "", owner]) => ({ from, to, owner }));
}
