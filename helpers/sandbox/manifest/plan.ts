import { dirname } from "node:path";
import type { HostTree } from "../../host/files/host-tree.ts";
import type { PackageDatabase } from "../../host/packages/package-database.ts";
import { findMadeAccounts, planAccounts } from "./accounts.ts";
import { planBase, planIdentity, planSkeleton } from "./base.ts";
import { planData, planReferredData, planUnlistedData, type ReferredData } from "./data.ts";
import { freshDirectory, type ManifestEntry } from "./entry.ts";
import { planListedEtc, planNamedEtc, planOwnEtc, planReferredEtc } from "./etc.ts";
import type { MaintainerSteps } from "./maintainer-steps.ts";
import { sortByPath } from "./manifest.ts";
import type { Selection } from "./selection.ts";
import { planUnit, type UnitFacts } from "./units.ts";
import { planUpdated } from "./updated.ts";

export interface PlanInput {
  readonly sandbox: string;
  readonly machineId: string;
  readonly units: readonly UnitFacts[];
  /** Whether the host's data is copied. */
  readonly copy: boolean;
  readonly database: PackageDatabase;
  readonly selection: Selection;
  readonly steps: MaintainerSteps;
  readonly host: HostTree;
}

/** Plans the private tree of a sandbox: one entry for each path, sorted, with parents before their children. */
export const planManifest = (input: PlanInput): readonly ManifestEntry[] => planRoot(input).entries;

export interface PlannedRoot {
  readonly entries: readonly ManifestEntry[];
  /** With the host's data: what the service's configuration names, but is not copied. */
  readonly leftBehind: ReferredData["leftBehind"];
}

/** The same, with what stays behind. */
export function planRoot(input: PlanInput): PlannedRoot {
  const { sandbox, machineId, units, copy, database, selection, steps, host } = input;
  const configuration = [
    ...units.flatMap((unit) => planUnit(unit, host, copy, steps.generators.length > 0)),
    ...planListedEtc(database, selection, host),
    ...planOwnEtc(database, selection, host),
    ...planNamedEtc(database, selection, host),
  ];
  const files = listOwnFiles(configuration, database, selection);
  const referred = planReferredEtc(database, host, files);
  const data = copy
    ? planReferredData({ database, selection, host }, [...files, ...listFiles(referred)])
    : { entries: [], leftBehind: [] };
  // Their ids may be anything.
  const made = findMadeAccounts(database, selection, host);
  const accounts = planAccounts(host, [...units.flatMap((unit) => unit.accounts), ...made]);
  // If there are several entries for a path, the first counts.
  const entries = arrange(host, [
    ...planIdentity(sandbox, machineId),
    ...accounts,
    ...planSkeleton(host),
    // A single command has no systemd.
    ...(units.length > 0 ? planUpdated(host, accounts, made) : []),
    ...steps.made,
    ...configuration,
    ...planBase(host),
    ...referred,
    ...data.entries,
    ...planData(database, selection, host, copy),
    ...planUnlistedData(database, selection, host, copy),
  ]);
  const isCopied = (path: string): boolean =>
    entries.some((each) => each.path === path || (each.source !== undefined && path.startsWith(`${each.path}/`)));
  return { entries, leftBehind: data.leftBehind.filter(({ path }) => !isCopied(path)) };
}

const listFiles = (entries: readonly ManifestEntry[]): readonly string[] =>
  entries.flatMap(({ kind, path }) => (kind === "file" ? [path] : []));

/** The files in /etc that no package has, or one of the service's own. */
function listOwnFiles(
  entries: readonly ManifestEntry[],
  database: PackageDatabase,
  { own }: Selection,
): readonly string[] {
  const isOwn = (path: string): boolean => {
    const owners = database.findOwners(path);
    return owners.length === 0 || owners.some((each) => own.has(each));
  };
  return entries.flatMap(({ kind, path }) =>
    kind === "file" && path.startsWith("/etc/") && isOwn(path) ? [path] : [],
  );
}

function arrange(host: HostTree, entries: readonly ManifestEntry[]): readonly ManifestEntry[] {
  const byPath = new Map<string, ManifestEntry>();
  for (const entry of entries) if (!byPath.has(entry.path)) byPath.set(entry.path, entry);
  for (const { path } of [...byPath.values()]) addParents(byPath, path, host);
  return sortByPath(byPath.values()).filter(({ path }) => isReachable(byPath, path));
}

function addParents(byPath: Map<string, ManifestEntry>, path: string, host: HostTree): void {
  for (let parent = dirname(path); parent !== "/" && !byPath.has(parent); parent = dirname(parent)) {
    const entry = host.lookUp(parent);
    const { owner, group, mode } = entry?.kind === "directory" ? entry : { owner: 0, group: 0, mode: 0o755 };
    byPath.set(parent, { ...freshDirectory(parent, mode, `leads to ${path}`), owner, group });
  }
}

/** False below a link (/var/run/x), which shows its target's content, and below data that is copied whole. */
function isReachable(byPath: ReadonlyMap<string, ManifestEntry>, path: string): boolean {
  for (let parent = dirname(path); parent !== "/"; parent = dirname(parent)) {
    // Only a plain directory has no source.
    if (byPath.get(parent)?.source !== undefined) return false;
  }
  return true;
}
