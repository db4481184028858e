import { dirname, posix } from "node:path";
import type { ManifestEntry } from "./entry.ts";
import { isHostOnly } from "./etc.ts";
import { isWorldReadable, takeFromHost } from "./from-host.ts";
import { type HostTree, resolvePath, walkTree } from "../../host/host-tree.ts";
import type { PackageDatabase } from "../../host/packages/package-database.ts";
import { isSkeletonDirectory } from "./skeleton.ts";

/**
 * The paths below /etc that configuration names, with what their files name in turn: the folder of another package that
 * a service includes (`cfg_dir=/etc/nagios-plugins/config`), a certificate, a list. Only what everybody may read, and no
 * folders that every system has. `files` are the service's own files in /etc.
 */
export function planReferredEtc(
  database: PackageDatabase,
  host: HostTree,
  files: readonly string[],
): readonly ManifestEntry[] {
  const seen = new Set(files);
  const found: ManifestEntry[] = [];
  for (let next = files; next.length > 0;) {
    const entries = next.flatMap((file) =>
      findReferred(host.readText(file) ?? "")
        .flatMap((path) => expand(path, database, host))
        .filter((path) => !seen.has(path) && seen.add(path).has(path))
        .flatMap((path) => takeFromHost(host, path, `${file} names it`)),
    );
    found.push(...entries);
    next = entries.flatMap(({ kind, path }) => (kind === "file" ? [path] : []));
  }
  return found;
}

const comment = /^[ \t]*(?:#|;|\/\/|--).*/gm;

/** Finds the paths below /etc in a configuration. For a pattern (glob(7)) this is the folder in which it looks. */
export const findReferred = (text: string): readonly string[] =>
  findReferredPaths(text).filter((path) => path.startsWith("/etc/"));

/** The same for all paths. */
export function findReferredPaths(text: string): readonly string[] {
  const paths = text.replace(comment, "").matchAll(/(?<![\w./@-])\/\w[\w.@+-]*\/[\w.@+*?[\]/-]+/g);
  const plain = [...paths].map(([path]) => {
    const pattern = path.search(/[*?[\]]/);
    return posix
      .normalize(pattern === -1 ? path : dirname(`${path.slice(0, pattern)}x`))
      .replace(/(?<![./])[./]+$/, "");
  });
  return [...new Set(plain)];
}

function expand(path: string, database: PackageDatabase, host: HostTree): readonly string[] {
  if (isHostOnly(path) || isSkeletonDirectory(path)) return [];
  // The modes say who may read a path only if no part of it is a link, which may lead below a closed folder.
  if (resolvePath(host, dirname(path)) !== dirname(path)) return [];
  const entry = host.lookUp(path);
  if (entry?.kind === "link") {
    const target = resolvePath(host, path) ?? "";
    return [path, ...(target.startsWith("/etc/") ? expand(target, database, host) : [])];
  }
  if (entry?.kind !== "directory") return isWorldReadable(host, path) ? [path] : [];
  if (database.findOwners(path).some((owner) => database.isBase(owner))) return [];
  return [path, ...[...walkTree(host, path)].filter((each) => isWorldReadable(host, each))];
}
