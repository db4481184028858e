import { existsSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { manifestFile, rootDirectory, rootTree, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Conf } from "../../../conf/conf.ts";
import { loadConf } from "../../../conf/load-conf.ts";
import { openPackageDatabase } from "../../host/packages/open-database.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import type { MaintainerSteps } from "../manifest/maintainer-steps.ts";
import { formatManifest, type Manifest, parseManifest, readManifest } from "../manifest/manifest.ts";
import { planPopulation } from "../populate/populate-sandbox.ts";
import { populationOf } from "../populate/population.ts";
import { hasStamp, isConfiguration, ownStamp, readText } from "../populate/record-content.ts";
import { type Bases, readBases, writeBases } from "../populate/service-packages.ts";
import { writeSteps } from "../populate/write-steps.ts";
import { describeLost, findLost, wasMade } from "../root-gone.ts";
import { listSnapshots } from "../snapshots/snapshots.ts";
import { replaceFile, requireState } from "../state.ts";
import { digestOf } from "../tree/look-up.ts";
import { applySteps, type Done, keptFolder } from "./apply-upgrade.ts";
import { addConflicts, type Conflict } from "./decide.ts";
import { type HostReader, openHostReader } from "./make-beside.ts";
import { fillEntries, planUpgrade, type Reached, type Step } from "./plan-upgrade.ts";
import { describeUpgrade, type Upgrade } from "./report.ts";

interface Plan {
  readonly reached: Reached;
  readonly next: Manifest;
  readonly steps: readonly Step[];
  readonly scripts: MaintainerSteps;
  /** The host's own configuration that stays outside. */
  readonly heldBack: readonly ManifestEntry[];
}

/** Previews an upgrade without changing anything. */
export async function previewUpgrade(name: SandboxName, host: HostReader): Promise<Upgrade> {
  const { reached, next, steps, heldBack } = await plan(name, host);
  return describeUpgrade(
    { name, last: reached.last, next, heldBack },
    steps.map((step) => ({ step, done: true })),
    await findSuffix(steps),
  );
}

/**
 * Makes a sandbox's root follow the host's packages, while no part of the sandbox runs. If this is killed at any point,
 * it can be run again: the previous manifest is replaced last, and the new one is recorded while it is being applied.
 * `prepare` computes what the next start needs.
 */
export async function upgradeSandbox(name: SandboxName, prepare: (conf: Conf) => Promise<void>): Promise<Upgrade> {
  const { reached, next, steps, scripts, heldBack } = await plan(name, openHostReader());
  const bases = new Map([...readBases(name), ...readNewBases(next.entries, readBases(name))]);
  const suffix = await findSuffix(steps);
  if (steps.length > 0 && reached.pending === undefined) rmSync(keptFolder(name), { recursive: true, force: true });
  writeBases(name, bases);
  replaceFile(pendingFile(name), formatManifest(next));
  const { done, recorded } =
    steps.length > 0
      ? await applySteps(name, steps, next.entries, suffix)
      : { done: [], recorded: { entries: [], bases: new Map<string, string>() } };
  const put = new Set(
    steps.filter(({ decision }) => decision === "add" || decision === "replace").map(({ path }) => path),
  );
  const made = new Map(recorded.entries.filter(({ path }) => put.has(path)).map((entry) => [entry.path, entry]));
  // What could not be replaced is tried again by the next upgrade.
  const left = new Map(
    done.flatMap(({ step, done: isDone }) =>
      isDone || step.decision !== "replace" || step.base === undefined ? [] : [[step.path, step.base] as const],
    ),
  );
  // Data that was copied stays, and when that was.
  const copied = new Map(
    (reached.last?.entries ?? []).flatMap((entry) =>
      entry.kind === "directory" && entry.source !== undefined ? [[entry.path, entry.source] as const] : [],
    ),
  );
  const withCopied = (entry: ManifestEntry): ManifestEntry =>
    entry.kind === "directory" ? { ...entry, source: copied.get(entry.path) ?? entry.source } : entry;
  const entries = next.entries.map((entry) => left.get(entry.path) ?? made.get(entry.path) ?? withCopied(entry));
  const reachedNow = { ...next, entries };
  const known = new Map([...bases, ...recorded.bases]);
  writeBases(name, known);
  writeSteps(name, scripts);
  await prepareAnew(name, prepare, reached.pending !== undefined);
  addConflicts(name, listConflicts(done, suffix));
  replaceFile(manifestFile(name), formatManifest(reachedNow));
  // The bases of the previous manifest are needed until that manifest is gone.
  writeBases(name, prune(known, reachedNow.entries));
  rmSync(pendingFile(name), { force: true });
  return describeUpgrade({ name, last: reached.last, next, heldBack }, done, suffix);
}

/**
 * Files that were prepared for the next start may be out of date as well. If there are none, the next start makes them;
 * but an upgrade that failed may have removed them.
 */
async function prepareAnew(
  name: SandboxName,
  prepare: (conf: Conf) => Promise<void>,
  wasBegun: boolean,
): Promise<void> {
  const conf = loadConf(name);
  if (wasBegun || hasStamp(name, ownStamp(conf))) await prepare(conf);
}

const listConflicts = (done: readonly Done[], suffix: (path: string) => string): readonly Conflict[] =>
  done.flatMap(({ step: { decision, path }, done: isDone }) =>
    isDone && decision === "beside" ? [{ path, beside: path + suffix(path) }] : [],
  );

/** Whether an upgrade was killed, and has to be finished. */
export const isInterrupted = (name: SandboxName): boolean => existsSync(pendingFile(name));

const pendingFile = (name: SandboxName): string => join(stateDirectory(name), "manifest.pending.json");

async function plan(name: SandboxName, host: HostReader): Promise<Plan> {
  const { reached, next, ...more } = await planNext(name, host, "upgrade");
  return { reached, next, steps: await planUpgrade(name, reached, next.entries), ...more };
}

/**
 * Computes what `create` would put into the root now, or what an upgrade may put there, and reads what was put there.
 */
export async function planNext(
  name: SandboxName,
  host: HostReader,
  as: "create" | "upgrade",
): Promise<Omit<Plan, "steps">> {
  const conf = loadConf(name);
  const { machineId } = requireState(name);
  const lost = wasMade(name) ? findLost(name) : undefined;
  if (lost !== undefined) throw describeLost(name, lost, listSnapshots(name).at(-1)?.snapshot);
  if (!existsSync(rootTree(name))) {
    throw new SandboxError(`${rootTree(name)}: sandbox ${name} has no root yet`, {
      hint: `Make it: systemctl start sandbox-root@${name}.service`,
    });
  }
  const { steps: scripts, toManifest } = await planPopulation(populationOf(conf), host.readUnits, host.readFacts());
  const last = readManifest(name);
  const { heldBack, ...planned } = toManifest({ machineId }, as === "create" ? undefined : last);
  const next = { ...planned, entries: fillEntries(planned.entries, host.readContent) };
  const pendingText = orMissing(() => readFileSync(pendingFile(name), "utf8"));
  const pending = pendingText === undefined ? undefined : parseManifest(pendingText);
  return { reached: { last, pending }, next, scripts, heldBack };
}

/** Reads the host's current configuration if it is not known yet. */
function readNewBases(entries: readonly ManifestEntry[], known: Bases): Bases {
  const bases = new Map<string, string>();
  for (const entry of entries) {
    if (entry.kind !== "file" || !isConfiguration(entry) || !("copy" in entry.source)) continue;
    const { source, content } = entry;
    if (content === undefined || known.has(content.digest)) continue;
    const text = orMissing(() => readText(join(rootDirectory, source.copy)));
    if (text !== undefined && digestOf([Buffer.from(text)]) === content.digest) bases.set(content.digest, text);
  }
  return bases;
}

function prune(bases: Bases, entries: readonly ManifestEntry[]): Bases {
  const used = new Set(entries.flatMap((entry) => (entry.kind === "file" ? (entry.content?.digest ?? []) : [])));
  return new Map([...bases].filter(([digest]) => used.has(digest)));
}

/** Chooses the suffix of the host's file beside the kept one, as the path's package manager does. */
async function findSuffix(steps: readonly Step[]): Promise<(path: string) => string> {
  if (!steps.some(({ decision }) => decision === "beside")) return () => "";
  const database = await openPackageDatabase(rootDirectory);
  return (path) => {
    // A file that is in no list belongs to the owner of its directory.
    for (let each = path; each !== "/"; each = dirname(each)) {
      const [owner] = database.findOwners(each);
      if (owner !== undefined) return owner.manager === "rpm" ? ".rpmnew" : ".dpkg-dist";
    }
    return ".dpkg-dist";
  };
}
