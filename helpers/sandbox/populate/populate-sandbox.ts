import { randomBytes, randomUUID } from "node:crypto";
import { chmodSync, existsSync, mkdirSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { removeIfThere } from "../../../base/files.ts";
import { rootDirectory, rootTree, stateDirectory, stateRoot } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { type HostTree, openHostTree } from "../../host/files/host-tree.ts";
import { openPackageDatabase } from "../../host/packages/open-database.ts";
import type { PackageDatabase } from "../../host/packages/package-database.ts";
import { run } from "../../host/process/run.ts";
import { isFullDisk } from "../full-disk.ts";
import { settleIdRange } from "../id-range.ts";
import { requireKeptAs } from "../image/mount-image.ts";
import { describeLeftBehind } from "../manifest/data.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { findHeldBack, withoutPaths } from "../manifest/hold-back.ts";
import { type MaintainerSteps, planSteps } from "../manifest/maintainer-steps.ts";
import { type Manifest, readManifest } from "../manifest/manifest.ts";
import { type PlannedRoot, planRoot } from "../manifest/plan.ts";
import { selectPackages } from "../manifest/selection.ts";
import type { UnitFacts } from "../manifest/units.ts";
import { readState, type SandboxState, writeIds, writeState } from "../state.ts";
import { applyManifest } from "./apply.ts";
import type { Warn } from "./copy-data.ts";
import { withNeededUnits } from "./find-units-of.ts";
import type { Population } from "./population.ts";
import { findBootPackages, findServicePackages, findUnitOwners } from "./service-packages.ts";
import { writeSteps } from "./write-steps.ts";

export type ReadUnitFacts = (units: readonly string[], purpose?: "asked" | "needed") => Promise<readonly UnitFacts[]>;

/** The manifest's input beside the host: the sandbox's identity. */
type Identity = Pick<SandboxState, "machineId">;

interface Plan {
  readonly steps: MaintainerSteps;
  /** With `last`, the manifest of a root, nothing comes in that is the host's own configuration. */
  readonly toManifest: (identity: Identity, last?: Manifest) => PlannedManifest;
}

export interface PlannedManifest extends Manifest, PlannedRoot {
  /** What would be in a new root, but does not come into this one (see hold-back.ts). */
  readonly heldBack: readonly ManifestEntry[];
}

/**
 * The input for manifests. Read once, it serves any number of sandboxes, as long as nobody installs a package
 * meanwhile.
 */
export interface HostFacts {
  readonly tree: HostTree;
  readonly database: PackageDatabase;
}

export const readHostFacts = async (): Promise<HostFacts> => ({
  tree: openHostTree(rootDirectory),
  database: await openPackageDatabase(rootDirectory),
});

/**
 * Computes the manifest of a sandbox without changing anything; throws a SandboxError on an unknown unit or package.
 */
export async function planPopulation(
  population: Population,
  readUnitFacts: ReadUnitFacts,
  facts: Promise<HostFacts> = readHostFacts(),
): Promise<Plan> {
  const [{ tree: host, database }, asked] = await Promise.all([facts, readUnitFacts(population.units)]);
  const support = asked.length === 0 ? [] : findBootPackages(database, host);
  const common = new Set(database.findClosure(support));
  // Targets such as network-online.target want units of the host's own, with its secrets.
  const units = await withNeededUnits(asked, readUnitFacts, (unit) => {
    const owners = findUnitOwners(unit, database, host);
    return owners.length > 0 && !owners.some((each) => common.has(each) || database.isBase(each));
  });
  const { executable, packages, copy, name, hash } = population;
  checkExecutable(executable, host);
  const named = findServicePackages({ units, executable, packages }, database, host);
  const selection = selectPackages(database, host, named, support);
  const steps = planSteps(database, selection, host, copy);
  const toManifest = ({ machineId }: Identity, last?: Manifest): PlannedManifest => {
    const planOf = (tree: HostTree): PlannedRoot =>
      planRoot({ sandbox: name, machineId, units, copy, database, selection, steps, host: tree });
    const all = planOf(host);
    const heldBack = last === undefined ? [] : findHeldBack(all.entries, { database, selection, units, host, last });
    const paths = heldBack.map(({ path }) => path);
    const root = heldBack.length === 0 ? all : planOf(withoutPaths(host, paths));
    return { population: hash, packages: selection.all, ...root, heldBack };
  };
  return { steps, toManifest };
}

/** Makes the sandbox's tree, or adds what it lacks. If the first run fails, it leaves nothing behind. */
export async function populateSandbox(
  population: Population,
  readUnitFacts: ReadUnitFacts,
  warn: Warn,
): Promise<Manifest> {
  const { name, kept } = population;
  requireKeptAs(name, kept);
  const { steps, toManifest } = await planPopulation(population, readUnitFacts);
  const isNew = !existsSync(stateDirectory(name));
  try {
    makeStateDirectory(name);
    const state = await settleState(population);
    const last = readManifest(name);
    const planned = toManifest(state, last);
    if (last === undefined && planned.leftBehind.length > 0) warn(describeLeftBehind(planned.leftBehind));
    const manifest = await applyManifest(name, planned, warn);
    writeSteps(name, steps);
    return manifest;
  } catch (error) {
    // The identity of a sandbox that never had a root is worthless. Snapshots and what was there before are not.
    if (isNew && kept === "folder" && !existsSync(rootTree(name))) removeIfThere(stateDirectory(name));
    throw describeFullDisk(error, name, kept);
  }
}

function checkExecutable(executable: string | undefined, host: HostTree): void {
  if (executable === undefined || !executable.startsWith("/") || host.lookUp(executable) !== undefined) return;
  throw new SandboxError(`${executable}: no such file on the host`, { hint: "Is the package installed?" });
}

/** Also closes a folder that somebody has opened: users who can reach a set-user-id file in the tree can run it. */
function makeStateDirectory(name: SandboxName): void {
  for (const directory of [stateRoot, stateDirectory(name)]) {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    chmodSync(directory, 0o700);
  }
}

async function settleState({ name, userNamespace, hostIds }: Population): Promise<SandboxState> {
  const before = readState(name);
  const state = before ?? newState();
  if (before === undefined) writeState(name, state);
  const settled = userNamespace ? await settleIdRange(name, state, hostIds) : state;
  writeIds(name, userNamespace ? settled.idBase : null);
  return settled;
}

/** A new identity that no other sandbox has, without ids and level. */
export function newState(): SandboxState {
  return { version: 1, uuid: randomUUID(), machineId: randomBytes(16).toString("hex"), idBase: null };
}

/**
 * A line for the journal: what the tree was made from, its size on disk, and the time that it took, in milliseconds.
 */
export async function describePopulation(name: SandboxName, manifest: Manifest, took: number): Promise<string> {
  const { stdout } = await run("du", ["--summarize", "--one-file-system", "--human-readable", rootTree(name)]);
  const size = stdout.split("\t")[0] ?? "";
  return `${manifest.entries.length} entries from ${manifest.packages.length} packages, ${size}, ${Math.round(took)} ms`;
}

/** If a full disk caused an error, returns one that says what to do and what to run `again`; returns any other error unchanged. */
export function describeFullDisk(
  error: unknown,
  name: SandboxName,
  kept: Population["kept"],
  again = `systemctl start sandbox@${name}`,
): unknown {
  if (!isFullDisk(error)) return error;
  return new SandboxError(`${stateDirectory(name)}: no space left for the root of ${name}`, {
    hint:
      kept === "image"
        ? `Make the image larger: create with --imagesize, or \`sandboxcontainer resize ${name} SIZE\`; and then: ${again}`
        : `Free some space and run it again: ${again}`,
    cause: error,
  });
}
