import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import { join } from "node:path";
import { orMissing, writeFile } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { findControllerPid } from "../libvirt/find-controller.ts";

/** The usage and limits of a container; null where the kernel does not count something, or sets no limit. */
export interface Usage {
  readonly cpuSeconds: number | null;
  readonly memoryBytes: number | null;
  readonly memoryMax: number | null;
  readonly tasks: number | null;
  readonly tasksMax: number | null;
  readonly readBytes: number | null;
  readonly writtenBytes: number | null;
}

/** Reads the files of a control group, given as `file` below the group of `controller`; undefined if there is none. */
export type ReadGroup = (controller: string, file: string) => string | undefined;

const top = "/sys/fs/cgroup";
// The scope of machined, or the group that libvirt makes without machined. The container's own groups are below it.
const ofContainer = /^.*?\.(?:scope|libvirt-lxc)(?=\/|$)/;

/** Finds the container's group for a group that is the same or below it; undefined for any other group. */
export const findContainerGroup = (group: string): string | undefined => ofContainer.exec(group)?.[0];

/**
 * Reads the usage of the container whose controller is `pid`: kernel, cgroup-v2 and
 * cgroup-v1/{memory,cpuacct,blkio-controller}.
 */
export const readUsage = (pid: number): Usage => {
  const groups = parseGroups(readFileSync(`/proc/${pid}/cgroup`, "utf8"));
  const unified = groups.get("");
  if (unified !== undefined && ofContainer.test(unified))
    return readUnified(reader(new Map([["", unified]])), totalmem());
  return readLegacy(reader(groups), totalmem());
};

/** Parses the groups of a process by controller, as in cgroups(7), /proc/pid/cgroup; version 2 has the empty name. */
export function parseGroups(text: string): ReadonlyMap<string, string> {
  const entries = text
    .trimEnd()
    .split("\n")
    .flatMap((line) => {
      const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
      return controllers.split(",").map((controller): [string, string] => [controller, path]);
    });
  return new Map(entries);
}

/** The group of the container that a process belongs to, from its /proc/pid/cgroup; undefined if it is in none. */
export function containerGroup(text: string): string | undefined {
  for (const path of parseGroups(text).values()) {
    const group = ofContainer.exec(path)?.[0];
    if (group !== undefined) return group;
  }
  return undefined;
}

/**
 * The folder of a controller's own group, from its /proc/pid/cgroup; undefined if libvirt has made none. In version 1 it
 * insists on one that counts memory.
 */
export function findOwnGroup(text: string): string | undefined {
  const groups = parseGroups(text);
  const first = groups.get("memory");
  const path = first ?? groups.get("") ?? "";
  return ofContainer.test(path) ? join(top, first === undefined ? "" : "memory", path) : undefined;
}

const reader =
  (groups: ReadonlyMap<string, string>): ReadGroup =>
  (controller, file) => {
    const group = ofContainer.exec(groups.get(controller) ?? "")?.[0];
    if (group === undefined) return undefined;
    try {
      return readFileSync(join(top, controller, group, file), "utf8");
    } catch {
      return undefined;
    }
  };

export function readUnified(read: ReadGroup, memoryOfHost: number): Usage {
  const io = read("", "io.stat");
  return {
    cpuSeconds: scale(find(read("", "cpu.stat"), /^usage_usec (\d+)/m), 1e-6),
    memoryBytes: toNumber(read("", "memory.current")),
    memoryMax: toLimit(read("", "memory.max"), memoryOfHost),
    tasks: toNumber(read("", "pids.current")),
    tasksMax: toNumber(read("", "pids.max")),
    readBytes: sum(io, /\brbytes=(\d+)/g),
    writtenBytes: sum(io, /\bwbytes=(\d+)/g),
  };
}

export function readLegacy(read: ReadGroup, memoryOfHost: number): Usage {
  const io = read("blkio", "blkio.throttle.io_service_bytes");
  return {
    cpuSeconds: scale(toNumber(read("cpuacct", "cpuacct.usage")), 1e-9),
    memoryBytes: toNumber(read("memory", "memory.usage_in_bytes")),
    memoryMax: toLimit(read("memory", "memory.limit_in_bytes"), memoryOfHost),
    tasks: toNumber(read("pids", "pids.current")),
    tasksMax: toNumber(read("pids", "pids.max")),
    readBytes: sum(io, /^\S+ Read (\d+)/gm),
    writtenBytes: sum(io, /^\S+ Write (\d+)/gm),
  };
}

const toNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d+\s*$/.test(text) ? Number(text) : null;

// libvirt must be told how much memory a container has. We name all of the host's memory, and libvirt makes that a
// limit, rounded to whole pages of 64 KiB at most. Without that limit the file says `max`, or in version 1 the largest
// possible number of pages.
function toLimit(text: string | undefined, memoryOfHost: number): number | null {
  const limit = toNumber(text);
  return limit !== null && limit < memoryOfHost - 65536 ? limit : null;
}

const find = (text: string | undefined, pattern: RegExp): number | null => toNumber(pattern.exec(text ?? "")?.[1]);

const scale = (value: number | null, factor: number): number | null => (value === null ? null : value * factor);

const sum = (text: string | undefined, pattern: RegExp): number | null =>
  text === undefined ? null : [...text.matchAll(pattern)].reduce((total, [, value]) => total + Number(value), 0);

/** Where a cgroup is frozen, and what to write there. */
export interface Freezer {
  readonly file: string;
  readonly freeze: string;
  readonly thaw: string;
  readonly state: string;
  readonly isFrozen: (text: string) => boolean;
}

/**
 * Finds where the cgroup of a container is frozen, from the cgroups of its controller (proc_pid_cgroup(5)), version 1 or 2.
 */
export function findFreezer(cgroups: string): Freezer | undefined {
  // Root inside may move processes, even PID 1, into cgroups below the container's. The container's own cgroup contains
  // all of them.
  const folderOf = (line: RegExp): string | undefined =>
    findContainerGroup((line.exec(cgroups)?.[1] ?? "").replace(/\/init\.scope$/, ""));
  const first = folderOf(/^\d+:freezer:(\/.+)$/m);
  if (first !== undefined) {
    const file = `/sys/fs/cgroup/freezer${first}/freezer.state`;
    return { file, freeze: "FROZEN", thaw: "THAWED", state: file, isFrozen: (text) => text.trim() === "FROZEN" };
  }
  const second = folderOf(/^0::(\/.+)$/m);
  if (second === undefined) return undefined;
  const folder = `/sys/fs/cgroup${second}`;
  return {
    file: `${folder}/cgroup.freeze`,
    freeze: "1",
    thaw: "0",
    state: `${folder}/cgroup.events`,
    isFrozen: (text) => /^frozen 1$/m.test(text),
  };
}

/**
 * The cgroups of a container's controller. Not those of PID 1, which may have gone down so far that the kernel cannot name them
 * (ENAMETOOLONG). Undefined if it has just ended.
 */
export const readGroups = (controller: number): string | undefined =>
  orMissing(() => readFileSync(`/proc/${controller}/cgroup`, "utf8"));

/** Thaws a sandbox that somebody has frozen, as `virsh suspend` does: frozen processes take no signal. */
export function thawSuspended(name: SandboxName): void {
  const controller = findControllerPid(name);
  const freezer = findFreezer((controller === undefined ? undefined : readGroups(controller)) ?? "");
  if (freezer === undefined) return;
  orMissing(() => {
    if (readFileSync(freezer.file, "utf8").trim() !== freezer.thaw) writeFile(freezer.file, freezer.thaw);
  });
}
