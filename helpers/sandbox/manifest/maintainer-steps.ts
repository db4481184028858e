import { basename, join } from "node:path";
import { walkTree, type HostTree } from "../../host/host-tree.ts";
import { findContent, findSourced, hasOwnSteps, isData, namesData } from "./maintainer-script.ts";
import type { ManifestEntry } from "./entry.ts";
import { findGenerators } from "./generators.ts";
import type { Selection } from "./selection.ts";
import { findSecrets } from "./secrets.ts";
import { isSkeletonDirectory } from "./skeleton.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";

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
  /** Secrets in /etc that these packages make anew. The host's own secrets stay outside. */
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
