import { randomInt } from "node:crypto";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { readIfPossible } from "../../base/files.ts";
import { rootDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { findControllerPid } from "../host/libvirt/find-controller.ts";
import { run } from "../host/process/run.ts";
import { claim, claimWanted } from "./claim.ts";
import { readAllStates, type SandboxState, writeState } from "./state.ts";

/** Host ids in use: `count` of them, starting at `first`. */
export interface IdRange {
  readonly first: number;
  readonly count: number;
}

export const rangeSize = 65_536;
// systemd's UIDS-GIDS document reserves these for containers: 524288 to 1879048191.
const firstIndex = 8;
const lastIndex = 28_671;

/**
 * Chooses a free, aligned range: the first from a place in [0, 1) on, and then from the start. Undefined if all are
 * taken.
 */
export function chooseIdBase(taken: readonly IdRange[], place: number): number | undefined {
  const total = lastIndex - firstIndex + 1;
  const used = new Set(taken.flatMap(coveredIndexes));
  for (let step = 0, start = Math.floor(place * total); step < total; step += 1) {
    const index = firstIndex + ((start + step) % total);
    if (!used.has(index)) return index * rangeSize;
  }
  return undefined;
}

function coveredIndexes({ first, count }: IdRange): readonly number[] {
  const from = Math.max(Math.floor(first / rangeSize), firstIndex);
  const to = Math.min(Math.floor((first + count - 1) / rangeSize), lastIndex);
  return Array.from({ length: Math.max(to - from + 1, 0) }, (_, offset) => from + offset);
}

/** Parses lines of subuid(5): `name:first:count`. */
export function parseSubordinateIds(text: string): readonly IdRange[] {
  return matchLines(text, /^[^:]*:(\d+):(\d+)\s*$/).map(([, first, count]) => ({
    first: Number(first),
    count: Number(count),
  }));
}

/** The ids in the third field of passwd(5) and group(5). */
export function parseAccountIds(text: string): readonly IdRange[] {
  return matchLines(text, /^[^:]*:[^:]*:(\d+)(?::|$)/).map(([, id]) => ({ first: Number(id), count: 1 }));
}

const matchLines = (text: string, form: RegExp): readonly RegExpExecArray[] =>
  text
    .split("\n")
    .map((line) => form.exec(line))
    .filter((match) => match !== null);

/** The outer side of a user namespace's uid_map. The map of a process in our own namespace takes no ids. */
export function parseIdMap(text: string): readonly IdRange[] {
  return text
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
    .flatMap(([inside, first, count]) => {
      if (inside === undefined || first === undefined || count === undefined) return [];
      return inside === first ? [] : [{ first, count }];
    });
}

/**
 * Keeps the host ids of a sandbox if nobody else has them, or gives it others. `wanted` (HostIds=) are the first of those
 * that it must have; throws a SandboxError if they are somebody else's.
 */
export async function settleIdRange(
  name: SandboxName,
  state: SandboxState,
  wanted: number | undefined,
): Promise<SandboxState> {
  const idBase = wanted ?? state.idBase;
  const holder = idBase === null ? undefined : await findIdHolder(name, idBase);
  if (idBase === null || (holder !== undefined && wanted === undefined)) return claimIdRange(name, state);
  if (holder !== undefined) throw describeTaken(idBase, holder);
  const settled = { ...state, idBase };
  if (idBase === state.idBase) return settled;
  const isFree = await claimWanted(settled, {
    write: (chosen) => {
      writeState(name, chosen);
    },
    isTaken: () => findOther(name, idBase) !== undefined,
    giveUp: () => {
      writeState(name, { ...state, idBase: null });
    },
  });
  if (!isFree) throw describeTaken(idBase, "another sandbox");
  return settled;
}

const describeTaken = (idBase: number, holder: string): SandboxError =>
  new SandboxError(`HostIds=${idBase}: ${holder} has one of these ids`, {
    hint: "Choose another multiple of 65536, or remove HostIds=",
  });

const findOther = (name: SandboxName, idBase: number): SandboxName | undefined =>
  readAllStates().find((other) => other.name !== name && other.state.idBase === idBase)?.name;

// While the sandbox runs, its own processes have them.
async function findIdHolder(name: SandboxName, idBase: number): Promise<string | undefined> {
  const meets = ({ first, count }: IdRange): boolean => first < idBase + rangeSize && idBase < first + count;
  const other = findOther(name, idBase);
  if (other !== undefined) return `sandbox ${other}`;
  if ([...readReservedIds()].some(meets) || (await isAccount(idBase))) return "/etc/subuid, /etc/subgid or an account";
  const isRunning = findControllerPid(name) !== undefined;
  return !isRunning && [...readRunningIds()].some(meets) ? "a running process" : undefined;
}

/** Gives the sandbox host ids that nobody else has, and writes them to its state. */
export async function claimIdRange(
  name: SandboxName,
  state: SandboxState,
  pickPlace: () => number = () => randomInt(2 ** 32) / 2 ** 32,
): Promise<SandboxState> {
  const taken = [...readReservedIds(), ...readRunningIds()];
  const idBase = await claim({
    choose: () => chooseFree(name, taken, pickPlace),
    write: (chosen) => {
      writeState(name, { ...state, idBase: chosen });
    },
    isTaken: (chosen) => findOther(name, chosen) !== undefined,
  });
  return { ...state, idBase };
}

/** Chooses a range and adds it to those that are not chosen again. */
async function chooseFree(name: SandboxName, taken: IdRange[], pickPlace: () => number): Promise<number> {
  for (;;) {
    const idBase = chooseIdBase([...taken, ...othersRanges(name)], pickPlace());
    if (idBase === undefined)
      throw new SandboxError("all ranges of host ids are taken", {
        hint: "Delete sandboxes, or remove ranges from /etc/subuid",
      });
    taken.push({ first: idBase, count: rangeSize });
    // No file lists the accounts of a directory service.
    if (!(await isAccount(idBase))) return idBase;
  }
}

function othersRanges(name: SandboxName): readonly IdRange[] {
  return readAllStates().flatMap((each) =>
    each.name === name || each.state.idBase === null ? [] : [{ first: each.state.idBase, count: rangeSize }],
  );
}

async function isAccount(id: number): Promise<boolean> {
  const results = await Promise.all(
    ["passwd", "group"].map((database) => run("getent", [database, String(id)], { accept: [1, 2], timeout: 10_000 })),
  );
  return results.some(({ status }) => status === 0);
}

function* readReservedIds(): Generator<IdRange> {
  for (const name of ["subuid", "subgid"])
    yield* parseSubordinateIds(readIfPossible(join(rootDirectory, "etc", name)) ?? "");
  for (const name of ["passwd", "group"])
    yield* parseAccountIds(readIfPossible(join(rootDirectory, "etc", name)) ?? "");
}

function* readRunningIds(): Generator<IdRange> {
  for (const process of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    for (const map of ["uid_map", "gid_map"]) yield* parseIdMap(readIfPossible(`/proc/${process}/${map}`) ?? "");
  }
}
