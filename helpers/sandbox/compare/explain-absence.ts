import { dirname } from "node:path";
import { findNearest } from "../../../base/text.ts";
import type { HostTree } from "../../host/files/host-tree.ts";
import type { PackageDatabase } from "../../host/packages/package-database.ts";
import { isWorldReadable, type ManifestEntry } from "../manifest/entry.ts";
import { isHostOnly } from "../manifest/etc.ts";
import type { Manifest } from "../manifest/manifest.ts";

/** Why a path is not in a manifest. */
export interface Absence {
  /** A sentence without its full stop. */
  readonly reason: string;
  /** Packages of the host that ship the path. */
  readonly owners: readonly string[];
  /** The entry that was perhaps meant, or otherwise the one that leads nearest to the path. */
  readonly nearest: string | undefined;
}

interface Question {
  readonly sandbox: string;
  readonly path: string;
  readonly manifest: Manifest;
  readonly database: PackageDatabase;
  readonly host: HostTree;
  /** Whether the path exists in the sandbox's tree. */
  readonly isThere: boolean;
}

const madeAtStart = ["/run", "/tmp", "/dev", "/proc", "/sys"];

const isBelow = (path: string, directory: string): boolean => path === directory || path.startsWith(`${directory}/`);

export function explainAbsence(question: Question): Absence {
  const { path, manifest, database } = question;
  const entries = new Map(manifest.entries.map((entry) => [entry.path, entry]));
  const above = findAbove(entries, path);
  const owners = database.findOwners(path).map(({ name }) => name);
  const nearest = findNearest(path, entries.keys()) ?? above?.path;
  return { reason: describeReason(question, above, owners), owners, nearest };
}

function findAbove(entries: ReadonlyMap<string, ManifestEntry>, path: string): ManifestEntry | undefined {
  for (let parent = dirname(path); parent !== "/"; parent = dirname(parent)) {
    const entry = entries.get(parent);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

/** Says what every sandbox has in place of this part of its root; undefined if that is the root's own. */
export function describeCover(path: string): string | undefined {
  if (isBelow(path, "/usr")) return "/usr is the host's own, read-only";
  const made = madeAtStart.find((directory) => isBelow(path, directory));
  return made === undefined ? undefined : `${made} is made again at every start`;
}

function describeReason(question: Question, above: ManifestEntry | undefined, owners: readonly string[]): string {
  const { path, isThere, sandbox } = question;
  if (path === "/") return "it is the root itself";
  if (above?.kind === "link") return `${above.path} is a link to ${above.source.link}`;
  const cover = describeCover(path);
  if (cover !== undefined) return `${cover}${isBelow(path, "/usr") && owners.length > 0 ? `; ${ownedBy(owners)}` : ""}`;
  if (above?.source !== undefined && isThere) return `it came with the host's data, or was made inside`;
  if (isThere) return "it was made inside";
  return owners.length === 0 ? describeUnowned(question) : describeOwned(question, owners, sandbox);
}

const nameAll = (owners: readonly string[]): string =>
  `${owners.length === 1 ? "package" : "packages"} ${owners.join(", ")}`;

const own = (owners: readonly string[]): string => (owners.length === 1 ? "owns" : "own");

const ownedBy = (owners: readonly string[]): string => `${nameAll(owners)} ${own(owners)} it`;

const describeUnowned = ({ host, path }: Question): string =>
  host.lookUp(path) === undefined
    ? "the host does not have it either"
    : "no package of the host owns it, and it is in none of the service's own directories";

function describeOwned({ manifest, host, path }: Question, owners: readonly string[], sandbox: string): string {
  const inside = new Set<string>(manifest.packages.map(({ name }) => name));
  const here = owners.filter((owner) => inside.has(owner));
  if (here.length === 0)
    return `${ownedBy(owners)}, but ${sandbox} does not have ${owners.length === 1 ? "that package" : "them"}: Package=${owners[0] ?? ""} in its conf would bring it in`;
  const but = `${sandbox} has ${nameAll(here)}, which ${own(here)} it`;
  if (isHostOnly(path)) return `${but}, but its content is for the host alone`;
  if (host.lookUp(path) === undefined) return `${but}, but the host does not have it now`;
  return isWorldReadable(host, path)
    ? `${but}, but the host did not have it when the root was made`
    : `${but}, but not everybody may read it, and it does not belong to the service itself`;
}
