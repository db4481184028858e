import { basename, dirname, join } from "node:path";
import type { HostTree } from "../../host/files/host-tree.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";
import { isSkeletonDirectory } from "./base.ts";
import type { ManifestEntry } from "./entry.ts";
import { unlistedDirectories } from "./selection.ts";

const secretName = /(?:^|[._-])(?:key|secret)s?$/i;
const secretText = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const programs = /^\/usr\/s?bin\//;
const temporaryFiles = "/usr/lib/tmpfiles.d/";

/**
 * Finds keys in a package's folders in /etc that its own scripts make. Such a key is in no list, closed to others, and
 * named by one of the scripts, by a script of the package that it may call, or by the package's tmpfiles.d. The public
 * halves beside it belong to it. A key from an administrator is named by none of these: it is configuration.
 */
export function findSecrets(
  of: Package,
  scripts: readonly string[],
  database: PackageDatabase,
  host: HostTree,
  listed: ReadonlySet<string>,
): readonly ManifestEntry[] {
  const paths = database.listPaths(of);
  const inEtc = paths.filter((path) => path.startsWith("/etc/") && !isSkeletonDirectory(path));
  const folders = [...new Set([...inEtc, ...unlistedDirectories(of)])];
  const candidates = folders.flatMap((folder) =>
    host
      .list(folder)
      .map((name) => join(folder, name))
      .filter((path) => isSecret(path, host) && !listed.has(path)),
  );
  if (candidates.length === 0) return [];
  const makers = [...scripts, ...paths.flatMap((path) => readMaker(path, host))];
  const secrets = candidates.filter((path) => makers.some((text) => text.includes(basename(path))));
  return secrets
    .flatMap((path) => [path, ...findPublicHalves(path, host, listed)])
    .flatMap((path) => toEntry(path, of, host));
}

function isSecret(path: string, host: HostTree): boolean {
  const entry = host.lookUp(path);
  if (entry?.kind !== "file" || (entry.mode & 0o004) !== 0) return false;
  return secretName.test(basename(path)) || secretText.test(host.readText(path) ?? "");
}

function readMaker(path: string, host: HostTree): readonly string[] {
  if (path.startsWith(temporaryFiles)) return [host.readText(path) ?? ""];
  const text = programs.test(path) ? (host.readText(path) ?? "") : "";
  return text.startsWith("#!") ? [text] : [];
}

const stem = (path: string): string => basename(path).replace(/\.(?:key|pem|pub|crt|cert)$/, "");

/**
 * Finds the certificate of snakeoil.key, or ssh_host_rsa_key.pub: files of the same name, in the same folder or where
 * certificates are.
 */
function findPublicHalves(secret: string, host: HostTree, listed: ReadonlySet<string>): readonly string[] {
  const folders = new Set([dirname(secret), "/etc/ssl/certs"]);
  return [...folders].flatMap((folder) =>
    host
      .list(folder)
      .map((name) => join(folder, name))
      .filter((path) => path !== secret && stem(path) === stem(secret) && !listed.has(path)),
  );
}

function toEntry(path: string, of: Package, host: HostTree): readonly ManifestEntry[] {
  const entry = host.lookUp(path);
  if (entry?.kind !== "file") return [];
  const { owner, group, mode } = entry;
  return [
    {
      path,
      kind: "file",
      owner,
      group,
      mode,
      source: { madeBy: of.name },
      reason: `package ${of.name} makes a new one inside`,
    },
  ];
}
