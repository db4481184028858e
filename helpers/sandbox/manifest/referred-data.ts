import { dirname } from "node:path";
import { type HostTree, resolvePath } from "../../host/host-tree.ts";
import type { Package, PackageDatabase } from "../../host/packages/package-database.ts";
import { addData, copiedTops } from "./data.ts";
import { freshDirectory, type ManifestEntry } from "./entry.ts";
import { takeFromHost } from "./from-host.ts";
import { findReferredPaths } from "./referred-etc.ts";
import type { Selection } from "./selection.ts";
import { isSkeletonDirectory } from "./skeleton.ts";

/** What a configuration names outside /etc. */
export interface ReferredData {
  readonly entries: readonly ManifestEntry[];
  /** Folders and files of the host that it names, but that are not copied, each with the file that names it. */
  readonly leftBehind: readonly { readonly path: string; readonly by: string }[];
}

interface Input {
  readonly database: PackageDatabase;
  readonly selection: Selection;
  readonly host: HostTree;
}

// No service keeps its data there.
const system =
  /^\/(?:bin|boot|dev|etc|lib\w*|lost\+found|media|mnt|proc|run|sbin|snap|sys|tmp|usr|var\/(?:backups|cache|crash|lock|log|run|tmp))(?:\/|$)/;
// Content for whichever service it is: that another package has a folder there says nothing.
const common = /^\/(?:srv|var\/www)(?:\/|$)/;
const ownData = /^\/var\/lib\/(?:apt|dpkg|private|sandboxcontainer|systemd|ucf)(?:\/|$)/;

/**
 * The data that the service's configuration names, with the host's content: a site in /srv, a folder in /var. The data
 * of other packages, and what is neither in /var nor in /srv, stays behind. `files` are configuration of the service.
 */
export function planReferredData(input: Input, files: readonly string[]): ReferredData {
  const { database, selection, host } = input;
  const seen = new Set<string>();
  const entries: ManifestEntry[] = [];
  const leftBehind: { path: string; by: string }[] = [];
  for (const file of files) {
    for (const path of findReferredPaths(host.readText(file) ?? "")) {
      if (seen.has(path) || system.test(path) || path.split("/").length < 3) continue;
      seen.add(path);
      const kind = followed(host, path);
      if (kind === undefined || database.findOwners(path).some((each) => selection.own.has(each))) continue;
      if (isTaken(path, input)) entries.push(...take(path, `${file} names it`, host));
      else if (kind === "directory" || common.test(path)) leftBehind.push({ path, by: file });
    }
  }
  return { entries, leftBehind };
}

function followed(host: HostTree, path: string): "directory" | "file" | undefined {
  const target = resolvePath(host, path);
  const kind = target === undefined ? undefined : host.lookUp(target)?.kind;
  return kind === "directory" || kind === "file" ? kind : undefined;
}

function isTaken(path: string, { database, selection }: Input): boolean {
  if (!copiedTops.some((top) => path.startsWith(top)) || isSkeletonDirectory(path) || ownData.test(path)) return false;
  if (common.test(path)) return true;
  const isStranger = (each: Package): boolean => !selection.own.has(each);
  return !findKeepers(path, database).some(isStranger) && !database.findOwnersBelow(path).some(isStranger);
}

/** The packages that list a path, or the nearest folder above it that is not everybody's. */
function findKeepers(path: string, database: PackageDatabase): readonly Package[] {
  for (let each = path; each !== "/" && !isSkeletonDirectory(each); each = dirname(each)) {
    const owners = database.findOwners(each);
    if (owners.length > 0) return owners;
  }
  return [];
}

function take(path: string, reason: string, host: HostTree): readonly ManifestEntry[] {
  const entry = host.lookUp(path);
  if (entry?.kind !== "link") return takeFromHost(host, path, reason).map((each) => addData(each, host));
  // Inside, the link would lead nowhere. So its place has what it leads to.
  const target = resolvePath(host, path) ?? path;
  return takeFromHost(host, target, reason).map((each) =>
    each.kind === "directory"
      ? addData({ ...freshDirectory(path, each.mode, reason), owner: each.owner, group: each.group }, host)
      : { ...each, path },
  );
}

const mostNamed = 5;

/** Says what was not copied, and how it can get into the sandbox. */
export function describeLeftBehind(leftBehind: ReferredData["leftBehind"]): string {
  const named = leftBehind.slice(0, mostNamed).map(({ path, by }) => `${path} (${by} names it)`);
  const more = leftBehind.length - named.length;
  return (
    `not copied, because it is neither in /var nor in /srv, or is the data of another package: ${named.join(", ")}${more > 0 ? ` and ${more} more` : ""}. ` +
    "Show it inside with Mount=host-bind:, or copy it with copy-to"
  );
}
