import { closeSync, constants, openSync, readFileSync, readlinkSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { attempt, type Calls } from "../process/calls.ts";
import { isRunning, type KnownProcess } from "../process/processes.ts";
import { runQuick } from "../process/run-quick.ts";

/** Whether something is mounted on a path. The path must not contain links. */
export const isMountPoint = (path: string): boolean =>
  listMountPoints(readFileSync("/proc/self/mountinfo", "utf8")).has(path);

/** Lists the mount points in a text in the format of proc_pid_mountinfo(5). */
export function listMountPoints(text: string): ReadonlySet<string> {
  const points = text.split("\n").map((line) => line.split(" ")[4] ?? "");
  // The text encodes blanks, tabs, newlines and backslashes as octal numbers.
  return new Set(
    points.map((point) =>
      point.replace(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
    ),
  );
}

/** Whether set-user-id bits, file capabilities and devices have no effect in the mount with this number. */
export const isHarmlessMount = (id: number): boolean => isHarmlessIn(readFileSync("/proc/self/mountinfo", "utf8"), id);

/** The same for a text in the format of proc_pid_mountinfo(5). */
export function isHarmlessIn(text: string, id: number): boolean {
  const line = text.split("\n").find((each) => each.startsWith(`${id} `));
  const options = line?.split(" ")[5]?.split(",") ?? [];
  return options.includes("nosuid") && options.includes("nodev");
}

/** Ids of the host that a sandbox has: its first is root inside. */
export interface IdMap {
  readonly first: number;
  readonly count: number;
}

/** A path without links, or an open folder by its descriptor. */
export type Place = string | number;

// MOUNT_ATTR_* in linux/mount.h.
const attributes = { ro: 0x1, nosuid: 0x2, nodev: 0x4, nosymfollow: 0x200000 } as const;
export type MountFlag = keyof typeof attributes;

/** A mount of what is mounted elsewhere already. It keeps the flags that it has there. */
export interface Bind {
  /** A file, or a folder. */
  readonly from: Place;
  readonly to: Place;
  readonly flags?: readonly MountFlag[];
  /** Takes along everything that is mounted below. `flags` are only for the topmost. */
  readonly isRecursive?: boolean;
  /** Nothing that is mounted below it appears anywhere else, nor the other way round. */
  readonly isPrivate: boolean;
  /** Shows files of the ids from 0 on as those of these ids, and changes no file. */
  readonly ids?: IdMap | undefined;
}

/** A private mount of a new file system; mount(8) has the options of each type, of which those without a value are `true`. */
export interface NewMount {
  readonly type: "tmpfs" | "overlay";
  readonly to: string;
  readonly flags: readonly MountFlag[];
  readonly options: Readonly<Record<string, string | number | true | undefined>>;
}

/** Mounts a file or folder on another. Throws a SandboxError that begins with `mount:` and the place. */
export function bind({ from, to, flags = [], isRecursive = false, isPrivate, ids }: Bind): void {
  attempt(`mount: ${describePlace(to)}`, (calls) => {
    using tree = openFile(calls.openTree(...atPlace(from), isRecursive));
    using users = ids === undefined ? undefined : openFile(calls.makeUsers(ids.first, ids.count));
    calls.setAttributes(tree.descriptor, sumOf(flags), 0, users?.descriptor ?? -1);
    attach(calls, tree.descriptor, to, isPrivate);
  });
}

/** Mounts a new file system. Throws the same. */
export function mountNew({ type, to, flags, options }: NewMount): void {
  const given = Object.entries(options).flatMap(([key, value]) =>
    value === undefined ? [] : [key, value === true ? "" : String(value)],
  );
  attempt(`mount: ${to}`, (calls) => {
    using made = openFile(calls.makeFileSystem(type, ["source", "sandboxcontainer", ...given], sumOf(flags)));
    attach(calls, made.descriptor, to, true);
  });
}

// Below a shared mount a mount becomes shared when it is attached, whatever it was (mount_namespaces(7)).
function attach(calls: Calls, mount: number, to: Place, isPrivate: boolean): void {
  calls.moveMount(mount, ...atPlace(to));
  if (isPrivate) calls.setAttributes(mount, 0, MS_PRIVATE, -1);
}

/**
 * Changes options of a devpts that another process of the host has mounted at an absolute path; the others stay. Until Linux 6.14, the kernel
 * resets what it is not given. Throws a SandboxError.
 */
export function remountIn(process: KnownProcess, path: string, options: Readonly<Record<string, number>>): void {
  using root = openFile(openSync(`/proc/${process.pid}/root`, constants.O_RDONLY | constants.O_DIRECTORY));
  const mounts = readFileSync(`/proc/${process.pid}/mountinfo`, "utf8");
  // Its number may have been another's by now.
  if (!isRunning(process)) throw new SandboxError(`mount: ${path}: process ${process.pid} has ended`);
  const all = { ...readTerminalOptions(mounts, path), ...options };
  attempt(`mount: ${path} of process ${process.pid}`, (calls) => {
    calls.changeFileSystem(root.descriptor, path.slice(1), Object.entries(all).flat().map(String));
  });
}

/** Finds the options of a devpts at a path in a text in the format of proc_pid_mountinfo(5). */
export function readTerminalOptions(text: string, path: string): Readonly<Record<string, string>> {
  const line = text.split("\n").findLast((each) => each.split(" ")[4] === path) ?? "";
  const [type, , options = ""] = (line.split(" - ")[1] ?? "").split(" ");
  if (type !== "devpts") throw new SandboxError(`mount: ${path}: no terminals are mounted there`);
  const found = [...options.matchAll(/(?<=^|,)(uid|gid|mode|ptmxmode)=(\d+)(?=,|$)/g)];
  return Object.fromEntries(found.map(([, key = "", value = ""]) => [key, value] as const));
}

/** Unmounts what was mounted on a path last; `lazy`: even if it is in use. Throws a SandboxError. */
export const unmount = (path: string, how?: "lazy"): void => {
  attempt(`umount: ${path}`, (calls) => {
    calls.unmount(path, how === "lazy");
  });
};

// linux/mount.h and linux/fcntl.h.
const [MS_PRIVATE, AT_FDCWD] = [1 << 18, -100];

const sumOf = (flags: readonly MountFlag[]): number => flags.reduce((sum, flag) => sum | attributes[flag], 0);
const atPlace = (place: Place): [folder: number, path: string] =>
  typeof place === "number" ? [place, ""] : [AT_FDCWD, place];
const describePlace = (place: Place): string =>
  typeof place === "number" ? readlinkSync(`/proc/self/fd/${place}`) : place;

const openFile = (descriptor: number): Disposable & { readonly descriptor: number } => ({
  descriptor,
  [Symbol.dispose]: () => {
    closeSync(descriptor);
  },
});

/** Finds the loop device through which a file is mounted; undefined if there is none. Throws a SandboxError. */
export async function findLoopDevice(file: string): Promise<string | undefined> {
  const args = ["--noheadings", "--raw", "--output", "NAME", "--associated", file];
  const { status, output } = await runQuick("losetup", args);
  if (status !== 0) throw new SandboxError(`cannot tell whether ${file} is mounted: ${output}`);
  return /^\S+/.exec(output)?.[0];
}
