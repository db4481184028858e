import type { HostTree } from "../../host/files/host-tree.ts";
import { type ManifestEntry, takeFromHost, textFile } from "./entry.ts";

const catalog = "/var/lib/systemd/catalog/database";
const reason = "as up to date as the host's, so the first start has nothing to make";

/**
 * What systemd inside would make at its first start, before anything else: the linker's cache, the accounts of packages and
 * the journal's catalog. /usr is the host's, so all of these are what the host has made of it. With `.updated`, systemd makes
 * them again only once /usr has changed (systemd-update-done.service(8)). `made`: the accounts that the packages make.
 */
export function planUpdated(
  host: HostTree,
  accounts: readonly ManifestEntry[],
  made: readonly string[],
): readonly ManifestEntry[] {
  const known = new Set(accounts.flatMap(listNames));
  const isEtcUpdated = host.lookUp("/etc/ld.so.cache")?.kind === "file" && made.every((name) => known.has(name));
  const catalogs = host.lookUp(catalog)?.kind === "file" ? takeFromHost(host, catalog, reason) : [];
  return [
    ...(isEtcUpdated ? [textFile("/etc/.updated", "", reason)] : []),
    ...catalogs,
    ...(catalogs.length > 0 ? [textFile("/var/.updated", "", reason)] : []),
  ];
}

const listNames = ({ path, source }: ManifestEntry): readonly string[] =>
  /^\/etc\/(?:passwd|group)$/.test(path) && source !== undefined && "text" in source
    ? source.text.split("\n").map((line) => line.split(":")[0] ?? "")
    : [];
