import type { HostTree } from "../host/host-tree.ts";
import { resolvePath } from "../host/host-tree.ts";
import type { Package, PackageDatabase } from "../host/packages/package-database.ts";
import type { Manifest } from "../sandbox/manifest/manifest.ts";

/** A program or a file that a service missed something of, and the package that would bring it. */
export interface Foreign {
  readonly path: string;
  readonly package: string;
}

const complaint =
  /\b(?:fail\w*|error|fatal|panic|denied|not permitted|no such file|not found|cannot|can't|could not|unable|missing|does not exist)\b/i;
const paths = /(?<![\w./@-])\/(?:etc|usr\/s?bin)\/[\w.@+/-]*[\w@+-]/g;
// A service that fails may say a lot.
const mostPaths = 200;

/**
 * Finds a package of the host that a sandbox does not have, and whose configuration a service looks for: a message
 * complains about a file in /etc, or about a program that has configuration there. `said` has the messages, which
 * somebody inside may have chosen.
 */
export function findForeignPackage(
  said: string,
  manifest: Pick<Manifest, "packages" | "entries">,
  database: PackageDatabase,
  host: HostTree,
): Foreign | undefined {
  const packages = new Set<string>(manifest.packages.map(({ name }) => name));
  const inside = new Set(manifest.entries.map(({ path }) => path));
  const isMissing = (path: string): boolean =>
    path.startsWith("/etc/") && !inside.has(path) && host.lookUp(path)?.kind === "file";
  const ownersOf = (path: string): readonly Package[] => {
    const target = resolvePath(host, path);
    const owners = database.findOwners(path);
    return owners.length > 0 || target === undefined ? owners : database.findOwners(target);
  };
  for (const path of findPaths(said)) {
    if (inside.has(path)) continue;
    const owner = ownersOf(path).find(
      (each) =>
        !packages.has(each.name) &&
        (path.startsWith("/etc/") ? isMissing(path) : database.listPaths(each).some(isMissing)),
    );
    if (owner !== undefined) return { path, package: owner.name };
  }
  return undefined;
}

const findPaths = (said: string): readonly string[] =>
  [
    ...new Set(
      said
        .split("\n")
        .filter((line) => complaint.test(line))
        .flatMap((line) => line.match(paths) ?? [])
        .filter((path) => !path.split("/").includes("..")),
    ),
  ].slice(0, mostPaths);

/** Whether a package may be found for any message. */
export const mentionsPaths = (said: string): boolean => findPaths(said).length > 0;

/** Says what to set. */
export const suggestPackage = (name: string, { path, package: owner }: Foreign): string =>
  `${path} belongs to package ${owner}, whose configuration ${name} does not have: sandboxcontainer set ${name} Package+=${owner.replace(/:.*/, "")}`;
