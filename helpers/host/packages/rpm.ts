import { SandboxError } from "../../../base/errors.ts";
import { runQuick } from "../process/run-quick.ts";
import { run } from "../process/run.ts";
import { findMerged, indexPackages, type ListedPackage, mergeUsr, sortPackages } from "./indexed-database.ts";
import type { PackageDatabase, PackageName, Version } from "./package-database.ts";

// One record for each package: a line of fields, then what it requires, what it provides, and its paths, each after a
// space.
const format =
  "P\\t%{NAME}\\t%{EVR}\\t%{ARCH}\\t%{SOURCERPM}\\n[R %{REQUIRENAME}\\n][V %{PROVIDENAME}\\n][ %{FILENAMES}\\n]";

const failure = "rpm cannot read the package database";

/** Reads the whole rpm database of a host. This takes one process, however many packages there are. */
export async function readRpmDatabase(rootDirectory: string): Promise<PackageDatabase> {
  const { stdout } = await run("rpm", [...rootOption(rootDirectory), "--query", "--all", "--queryformat", format], {
    failure,
  });
  return parseRpmDatabase(stdout, findMerged(rootDirectory));
}

/** Reads only names and versions. */
export async function readRpmVersions(rootDirectory: string): Promise<readonly Version[]> {
  const versions = "%{NAME}\\t%{EVR}\\t%{ARCH}\\n";
  const query = [...rootOption(rootDirectory), "--query", "--all", "--queryformat", versions];
  const { status, output } = await runQuick("rpm", query, { dropErrors: true });
  if (status !== 0) throw new SandboxError(failure);
  return parseRpmVersions(output);
}

export function parseRpmVersions(output: string): readonly Version[] {
  const lines = output.split("\n").filter((line) => line !== "");
  return nameApart(
    lines.map((line) => {
      const [plainName = "", version = "", architecture = ""] = line.split("\t");
      return { plainName, version, architecture };
    }),
  );
}

const rootOption = (rootDirectory: string): readonly string[] =>
  rootDirectory === "/" ? [] : ["--root", rootDirectory];

/** `merged`: the top-level names that are links into /usr. */
export function parseRpmDatabase(output: string, merged: readonly string[]): PackageDatabase {
  const records = `\n${mergeUsr(output, merged)}`.split("\nP\t").slice(1).map(parseRecord);
  const packages = sortPackages(provideFiles(nameApart(records)));
  return indexPackages(packages, merged, {
    findOwners: (path, findListers) => findListers(` ${path}\n`),
    // A scriptlet is part of an rpm transaction, so none is run again for a sandbox.
    isBase: () => false,
    readScript: () => undefined,
    readPreinst: () => undefined,
  });
}

interface Identity {
  readonly plainName: string;
  readonly version: string;
  readonly architecture: string;
}
type Record = Omit<ListedPackage, "name"> & Identity;

function parseRecord(record: string): Record {
  const end = record.indexOf("\n");
  const [name = "", version = "", architecture = "", sourceFile = ""] = record.slice(0, end).split("\t");
  const body = record.slice(end);
  const valuesOf = (tag: string): readonly string[] =>
    [...body.matchAll(new RegExp(`^${tag} (.+)$`, "gm"))].map(([, value = ""]) => value);
  return {
    manager: "rpm",
    plainName: name,
    version,
    architecture,
    source: /^(.+)-[^-]+-[^-]+\.(?:no)?src\.rpm$/.exec(sourceFile)?.[1] ?? name,
    provides: valuesOf("V"),
    dependencies: valuesOf("R").map(parseRequirement),
    listing: [...body.matchAll(/^ .*/gm)].map(([line]) => `${line}\n`).join(""),
  };
}

/**
 * The names in a requirement, which may be a condition: `(a >= 1 if b)`. Installed packages already satisfy the
 * versions.
 */
export function parseRequirement(text: string): readonly string[] {
  if (!text.startsWith("(")) return [text];
  return text
    .split(/ (?:and|or|if|else|unless|with|without) /)
    .map((part) => part.replace(/^\(+/, "").replace(/ [<>=].*$/s, ""))
    .map((part) => (part.includes("(") ? part.replace(/(?<!\))\)\)+$/, ")") : part.replace(/(?<!\))\)+$/, "")));
}

/** Uses the plain name if only one package has it. Several architectures or versions get these added to the name. */
function nameApart<T extends Identity>(records: readonly T[]): readonly (Omit<T, "architecture"> & Version)[] {
  const withArchitecture = ({ plainName, architecture }: Identity): string => `${plainName}.${architecture}`;
  const byName = Map.groupBy(records, ({ plainName }) => plainName);
  const byArchitecture = Map.groupBy(records, withArchitecture);
  return records.map((record) => {
    const { architecture, ...each } = record;
    const name =
      byName.get(each.plainName)?.length === 1
        ? each.plainName
        : byArchitecture.get(withArchitecture(record))?.length === 1
          ? withArchitecture(record)
          : `${each.plainName}-${each.version}.${architecture}`;
    return { ...each, name: name as PackageName };
  });
}

/** A package also provides each of its files that another package requires (`/usr/bin/sh`). */
function provideFiles(packages: readonly ListedPackage[]): readonly ListedPackage[] {
  const required = new Set(
    packages.flatMap(({ dependencies }) => dependencies.flat()).filter((name) => name.startsWith("/")),
  );
  return packages.map((each) => {
    const files = each.listing.split("\n").flatMap((line) => (required.has(line.slice(1)) ? [line.slice(1)] : []));
    return files.length === 0 ? each : { ...each, provides: [...each.provides, ...files] };
  });
}
