import { randomInt } from "node:crypto";
import { existsSync, globSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { readIfPossible } from "../../base/files.ts";
import { rootDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { findControllerPid } from "../host/libvirt/find-controller.ts";
import { run } from "../host/process/run.ts";
import { claim, claimWanted } from "./claim.ts";
import { readAllStates, type SandboxState, writeState } from "./state.ts";

/** The categories of a level (the C of `s0:c1,c2`), or of the upper end of a range of levels. */
export type Categories = ReadonlySet<number>;

export const categoryCount = 1024;

// Matches `s0:c1,c2`, `s0:c1.c3` for c1,c2,c3, `s0-s0:c1,c2`, alone or at the end of a context.
const level = /(?<![\w.])s\d+(?:-s\d+)?:(c\d{1,4}(?:[.,]c\d{1,4})*)/g;

/** Finds all levels with categories in any text: contexts, XML, JSON. */
export const parseLevels = (text: string): readonly Categories[] =>
  [...text.matchAll(level)].map(([, list = ""]) => expand([...new Set(list.split(","))]));

function expand(parts: readonly string[]): Categories {
  const categories = new Set<number>();
  for (const part of parts) {
    const [first = 0, last = first] = part.split(".").map((name) => Number(name.slice(1)));
    for (let category = first; category <= last && category < first + categoryCount; category++)
      categories.add(category);
  }
  return categories;
}

/**
 * Whether one could reach what belongs to the other, because it has all of the other's categories. A level with all
 * categories belongs to the host itself.
 */
export function meets(one: Categories, other: Categories): boolean {
  if (one.size === categoryCount || other.size === categoryCount) return false;
  return [...one].every((each) => other.has(each)) || [...other].every((each) => one.has(each));
}

/** Chooses a free pair. `pick` returns a number below its argument. Undefined if many tries find no free pair. */
export function chooseLevel(taken: readonly Categories[], pick: (below: number) => number): string | undefined {
  for (let tries = 0; tries < 10_000; tries++) {
    const pair = new Set([pick(categoryCount), pick(categoryCount)]);
    if (pair.size !== 2 || taken.some((other) => meets(pair, other))) continue;
    const [low = 0, high = 0] = [...pair].sort((one, other) => one - other);
    return `s0:c${low},c${high}`;
  }
  return undefined;
}

// Root's tools record the labels of their containers and machines in these files. Files of users are not read; their
// containers count while they run.
const records = [
  "etc/libvirt/{lxc,qemu}/*.xml",
  "run/libvirt/{lxc,qemu}/*.xml",
  "var/lib/containers/storage/*-containers/containers.json",
  "var/lib/docker/containers/*/config.v2.json",
  "etc/containers/systemd/*.container",
];

// The content of containers and machines is in these folders, and the number says how deep the label is that shows the
// level. One listing is enough, without a walk.
const places = [
  ["var/lib/libvirt/images", 1],
  ["var/lib/machines", 1],
  ["var/lib/containers/storage/volumes", 2],
] as const;

/** The levels of this host's processes, containers, machines and their files. Tests pass `root`. */
export async function readTakenLevels(root = rootDirectory): Promise<readonly Categories[]> {
  const texts = [
    ...readProcesses(),
    ...globSync(records, { cwd: root }).map((file) => readIfPossible(join(root, file)) ?? ""),
  ];
  for (const [place, depth] of places) texts.push(await readLabels(join(root, place), depth));
  return texts.flatMap(parseLevels);
}

const readProcesses = (): readonly string[] =>
  readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => readIfPossible(`/proc/${pid}/attr/current`) ?? "");

async function readLabels(folder: string, depth: number): Promise<string> {
  if (!existsSync(folder)) return "";
  // A file may be removed while find looks at it.
  const listing = ["-P", folder, "-xdev", "-maxdepth", String(depth), "-printf", "%Z\\n"];
  return (await run("find", listing, { accept: [1] })).stdout;
}

/** Gives the sandbox a category pair that nobody on this host has, and writes it to its state, where it stays. */
export async function claimLevel(name: SandboxName, state: SandboxState): Promise<string> {
  const taken = await readTakenLevels();
  return claim({
    choose: () => {
      const level = chooseLevel([...taken, ...othersLevels(name)], randomInt);
      if (level !== undefined) return level;
      throw new SandboxError("no SELinux level is free on this host", { hint: "Delete sandboxes or other containers" });
    },
    write: (level) => {
      writeState(name, { ...state, level });
    },
    isTaken: (level) => isOthers(name, level),
  });
}

/** Writes a level to the state of a sandbox; resolves to false, and writes none, if another sandbox has it meanwhile. */
export const claimWantedLevel = (name: SandboxName, state: SandboxState, wanted: string): Promise<boolean> =>
  claimWanted(wanted, {
    write: (level) => {
      writeState(name, { ...state, level });
    },
    isTaken: (level) => isOthers(name, level),
    giveUp: () => {
      const { version, uuid, machineId, idBase } = state;
      writeState(name, { version, uuid, machineId, idBase });
    },
  });

function isOthers(name: SandboxName, level: string): boolean {
  const [own = new Set<number>()] = parseLevels(level);
  return othersLevels(name).some((other) => meets(own, other));
}

/**
 * Whether something else on this host has a level. While the sandbox runs, its own processes have it, and only other
 * sandboxes are looked at.
 */
export async function isLevelTaken(name: SandboxName, level: string): Promise<boolean> {
  const [own = new Set<number>()] = parseLevels(level);
  const isRunning = findControllerPid(name) !== undefined;
  const others = [...othersLevels(name), ...(isRunning ? [] : await readTakenLevels())];
  return others.some((other) => meets(own, other));
}

const othersLevels = (name: SandboxName): readonly Categories[] =>
  readAllStates().flatMap(({ name: other, state }) => (other === name ? [] : parseLevels(state.level ?? "")));
