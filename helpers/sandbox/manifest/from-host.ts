import { dirname } from "node:path";
import type { ManifestEntry } from "./entry.ts";
import type { HostEntry, HostTree } from "../../host/host-tree.ts";

/**
 * Takes a path of the host in its current form, with links as links. Nothing if the path does not exist, or is a
 * socket, fifo or device.
 */
export function takeFromHost(host: HostTree, path: string, reason: string): readonly ManifestEntry[] {
  const entry = host.lookUp(path);
  return entry === undefined ? [] : toEntry(path, entry, reason);
}

function toEntry(path: string, entry: HostEntry, reason: string): readonly ManifestEntry[] {
  const common = { path, owner: entry.owner, group: entry.group, mode: entry.mode, reason };
  switch (entry.kind) {
    case "directory":
      return [{ ...common, kind: "directory", source: undefined }];
    case "file":
      return [{ ...common, kind: "file", source: { copy: path } }];
    case "link":
      return [{ ...common, kind: "link", source: { link: entry.target } }];
    case "other":
      return [];
  }
}

/**
 * Whether every user of the host may read a path. The bits of a file mean little below a closed directory. A directory
 * counts only by its place: it comes empty, and its content is checked separately.
 */
export function isWorldReadable(host: HostTree, path: string): boolean {
  const entry = host.lookUp(path);
  if (entry?.kind === "file" && (entry.mode & 0o004) === 0) return false;
  for (let above = dirname(path); above !== "/"; above = dirname(above)) {
    if (((host.lookUp(above)?.mode ?? 0) & 0o001) === 0) return false;
  }
  return true;
}
