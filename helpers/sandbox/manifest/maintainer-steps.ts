import { basename, join } from "node:path";
import { type HostTree, walkTree } from "../../host/files/host-tree.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";
import { isSkeletonDirectory } from "./base.ts";
import type { ManifestEntry } from "./entry.ts";
import { findSecrets } from "./secrets.ts";
import type { Selection } from "./selection.ts";

/** The steps of a maintainer script beyond those that debhelper adds to every script. */

// Between these lines are units, accounts, alternatives, caches of /usr (debhelper(7), autoscripts). None of them is
// data.
const automatic = /^# Automatically added by .*?^# End automatically added section$/gms;
const endOfAutomatic = /^# End automatically added section$/gm;
const comment = /^[ \t]*#.*/gm;
// Data of the excluded ones belongs to the package manager.
const dataPath = /\/(?:var\/(?:lib|spool|cache|mail|games)|srv|opt)\/(?!dpkg\b|ucf\b|apt\b|systemd\b)/;
// Anything else below /var may be content for a service, such as /var/www. Logs, and what no boot keeps, are not.
const otherContent = /\/var\/(?!(?:lib|spool|cache|mail|games|log|run|lock|tmp|backups|crash)\b)[\w.-]+/;
const sourced = /^[ \t]*(?:\.|source)[ \t]+(\/(?!usr\/share\/debconf\/)\S+)/gm;
const frame = /^(?:set .*|exit \d|:|true|esac|fi|;;|case .* in|\*\)|[\w|-]+\)|echo .*|)$/;

/** The script without comments and without debhelper's additions. */
function readOwn(script: string): string {
  // Behind the last end the expression would look for one in vain, from each beginning on.
  const last = [...script.matchAll(endOfAutomatic)].at(-1);
  const end = last === undefined ? 0 : last.index + last[0].length;
  return `${script.slice(0, end).replace(automatic, "")}${script.slice(end)}`.replace(comment, "");
}

/** Whether the package's maintainer wrote any step. */
export const hasOwnSteps = (script: string): boolean =>
  readOwn(script)
    .split("\n")
    .some((line) => !frame.test(line.trim()));

/** Whether one of the maintainer's steps names a place for data or other content, or is in another file. */
export const namesData = (script: string): boolean =>
  [dataPath, otherContent].some((place) => place.test(readOwn(script))) || findSourced(script).length > 0;

/** The paths of other content than data that the maintainer's steps name: a page in /var/www. */
export const findContent = (script: string): readonly string[] =>
  findNamed(script, "/var/").filter((path) => otherContent.test(path));

/** The paths below a directory (`/etc/`) that the maintainer's steps name. */
export const findNamed = (script: string, below: string): readonly string[] =>
  [...readOwn(script).matchAll(/(?:\/[\w.@+-]+)+/g)].map(([path]) => path).filter((path) => path.startsWith(below));

/** The files that contain further steps of the maintainer. */
export const findSourced = (script: string): readonly string[] =>
  [...readOwn(script).matchAll(sourced)].map(([, path = ""]) => path);

/** Whether a path is a place for data. Logs are not: they begin with the first line that is written. */
export const isData = (path: string): boolean => dataPath.test(path);

const folder = "/usr/lib/systemd/system-generators/";
const manager = "/usr/lib/systemd/systemd";

/**
 * The names of systemd generators that the service's own packages ship (systemd.generator(7)): they make units from the
 * service's configuration, so they have to see that of the sandbox. Those of every system are about the host's
 * hardware and mounts.
 */
export const findGenerators = (database: PackageDatabase, { own }: Selection): readonly string[] =>
  [...own]
    .filter((each) => !database.isBase(each) && !database.findOwners(manager).includes(each))
    .flatMap((each) => database.listPaths(each))
    .filter((path) => path.startsWith(folder) && /^[\w.@+-]+$/.test(path.slice(folder.length)))
    .map((path) => basename(path))
    .sort();

/**
 * The files that packages do not ship but make with their scripts. In a sandbox that begins fresh the scripts run once
 * more.
 */
export interface MaintainerSteps {
  /** Packages whose scripts must run, each after those that it needs. */
  readonly packages: readonly Package[];
  /**
   * The other packages of the service: they have nothing to make in this root, or it came with the host's data. Their
   * scripts do not run later either, whatever the conf or the host then says: the data is there.
   */
  readonly settled: readonly Package[];
  /** Secrets in /etc that these packages make again. The host's own secrets stay outside. */
  readonly made: readonly ManifestEntry[];
  /** Those of the packages whose scripts make such secrets and no data, so that a copy can get others. */
  readonly renewable: readonly Package[];
  /**
   * Files in these packages' folders in /etc that are in no list. They must not exist yet when a package is configured.
   */
  readonly unlisted: readonly string[];
  /** Names of the tmpfiles.d(5) files of packages beyond a bare system, for a sandbox without systemd. */
  readonly temporary: readonly string[];
  /** Names of the systemd generators of the service's packages. */
  readonly generators: readonly string[];
}

/** With the host's data (`copy`) the service's own packages need no scripts. */
export function planSteps(
  database: PackageDatabase,
  selection: Selection,
  host: HostTree,
  copy: boolean,
): MaintainerSteps {
  const own = new Set([...selection.own, ...findExtensions(database, selection)]);
  const needed = database.findClosure([...own]).filter((each) => (own.has(each) ? !copy : !database.isBase(each)));
  const listed = new Set([...selection.all, ...own].flatMap((each) => database.listPaths(each)));
  // If a package is only a dependency, the host shows whether it keeps any data, or has made what it names.
  const makesData = (of: Package, script: string): boolean =>
    hasOwnSteps(script) &&
    ((own.has(of) && namesData(script)) ||
      hasData(of, database, host, listed) ||
      findContent(script).some((path) => host.lookUp(path) !== undefined && database.findOwners(path).length === 0));
  const found = needed.flatMap((each) => {
    const script = database.readScript(each);
    const scripts = [script, database.readPreinst(each)].flatMap((text) => text ?? []);
    if (scripts.length === 0) return [];
    const made = findSecrets(each, scripts, database, host, listed);
    const makes = script !== undefined && makesData(each, script);
    return made.length > 0 || makes ? [{ each, made, makes }] : [];
  });
  const packages = database.orderByDependencies(found.map(({ each }) => each));
  return {
    packages,
    settled: [...own].filter((each) => !packages.includes(each)),
    made: found.flatMap(({ made }) => made),
    renewable: found.flatMap(({ each, makes }) => (makes ? [] : [each])),
    unlisted: [...new Set(packages.flatMap((each) => findUnlisted(each, database, host, listed)))].sort(),
    temporary: findTemporary(database, selection),
    generators: findGenerators(database, selection),
  };
}

const findTemporary = (database: PackageDatabase, { own, all }: Selection): readonly string[] =>
  all
    .filter((each) => own.has(each) || !database.isBase(each))
    .flatMap((each) => database.listPaths(each))
    .filter((path) => /^\/usr\/lib\/tmpfiles\.d\/[^/]+\.conf$/.test(path))
    .map((path) => basename(path));

/** Packages that need the service and use its scripts: postgresql-17, for a service of postgresql-common. */
function findExtensions(database: PackageDatabase, { own }: Selection): readonly Package[] {
  const isOwn = (path: string): boolean => database.findOwners(path).some((owner) => own.has(owner));
  return database.findDependents([...own]).filter((each) => findSourced(database.readScript(each) ?? "").some(isOwn));
}

/** Whether the host has more in a package's places for data than the package ships. */
const hasData = (of: Package, database: PackageDatabase, host: HostTree, listed: ReadonlySet<string>): boolean =>
  database
    .listPaths(of)
    .filter((path) => isData(path) && !isSkeletonDirectory(path))
    .some((path) => host.list(path).some((name) => !listed.has(join(path, name))));

function findUnlisted(
  of: Package,
  database: PackageDatabase,
  host: HostTree,
  listed: ReadonlySet<string>,
): readonly string[] {
  const isExclusive = (path: string): boolean =>
    !isSkeletonDirectory(path) &&
    host.lookUp(path)?.kind === "directory" &&
    database.findOwners(path).every(({ source }) => source === of.source);
  return database
    .listPaths(of)
    .filter((path) => path.startsWith("/etc/") && isExclusive(path))
    .flatMap((path) => [...walkTree(host, path)])
    .filter((path) => !listed.has(path) && !basename(path).includes("\n"));
}
