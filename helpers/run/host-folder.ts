import { closeSync, constants, lstatSync, openSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { orMissing } from "../../base/files.ts";
import { printableName } from "../sandbox/untrusted-text.ts";

/** An open folder of the host. It stays the same folder even if somebody replaces a part of its path. */
export interface HostFolder {
  /** Its path when it was opened. */
  readonly path: string;
  readonly descriptor: number;
}

/** A folder on the path to another one. */
export interface WayPart {
  readonly owner: number;
  readonly mode: number;
}

// O_PATH of open(2), which Node does not name. Like a working directory, it needs no right to read. Its value is the
// same on all architectures that we build for.
const pathOnly = 0o10000000;
const folderFlags = pathOnly | constants.O_DIRECTORY;

/**
 * The kernel's path of the open folder, or of a folder above it. It also works as the working directory of a program.
 */
export const placeOf = ({ descriptor }: HostFolder, levelsUp = 0): string =>
  `/proc/self/fd/${descriptor}${"/..".repeat(levelsUp)}`;

/** The current path. */
export const pathAbove = (folder: HostFolder, levelsUp: number): string =>
  withDescriptor(openSync(placeOf(folder, levelsUp), folderFlags), (above) => readlinkSync(`/proc/self/fd/${above}`));

/** The number of the mount that contains it (proc_pid_fdinfo(5)), or that contains a folder above it. */
export const mountOf = (folder: HostFolder, levelsUp = 0): number =>
  withDescriptor(openSync(placeOf(folder, levelsUp), folderFlags), (file) => parseMountId(readFdInfo(file)));

/** Parses the text of proc_pid_fdinfo(5); throws if the number is missing. */
export function parseMountId(text: string): number {
  const digits = /^mnt_id:\s*(\d+)$/m.exec(text)?.[1];
  if (digits === undefined) throw new SandboxError("the kernel does not say which mount a folder is in");
  return Number(digits);
}

/**
 * The folders above it without the root, the nearest first. They are read by descriptor, not by path. The group bits
 * show rights in ACLs (acl(5)).
 */
export function readWay(folder: HostFolder): readonly WayPart[] {
  const count = folder.path.split("/").filter(Boolean).length - 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => {
    const { uid, mode } = statSync(placeOf(folder, index + 1));
    return { owner: uid, mode };
  });
}

/**
 * Runs `act` with an open folder of the host. Its path must not contain a link: anyone who can write one of the folders
 * on the way could have made a link to /etc there. We open the folder first and then ask the kernel where it is, so
 * nobody can swap a part of the path in between. Throws a SandboxError that names the part that is wrong.
 */
export async function withHostFolder<T>(path: string, act: (folder: HostFolder) => Promise<T>): Promise<T> {
  const descriptor = tryOpen(path);
  if (descriptor === undefined) throw explainPath(path);
  try {
    if (readlinkSync(`/proc/self/fd/${descriptor}`) !== path) throw explainPath(path);
    return await act({ path, descriptor });
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Finds the first part of a path that is a link, or missing. This looks at the path again, so it is only good for a
 * message.
 */
export function explainPath(path: string): SandboxError {
  for (const part of partsOf(path)) {
    const stats = orMissing(() => lstatSync(part, { throwIfNoEntry: false }));
    if (stats === undefined) return new SandboxError(`there is no ${part}`, { hint: "Make it, or change Mount=" });
    if (stats.isSymbolicLink())
      return new SandboxError(`${part} is a link to ${readTarget(part)}`, {
        hint: "A link may lead elsewhere at the next start. In Mount=, name the folder that it leads to",
      });
  }
  if (orMissing(() => lstatSync(path, { throwIfNoEntry: false }))?.isFile() === true)
    return new SandboxError(`${path} is not a folder`, { hint: "A file can be shown read-only: Mount=host-bind,ro:" });
  return new SandboxError(`${path} is not a folder, or somebody is replacing a part of its path`);
}

// Lists `/a`, `/a/b` …
function partsOf(path: string): readonly string[] {
  const parts: string[] = [];
  for (let part = path; part !== "/" && part !== "."; part = dirname(part)) parts.unshift(part);
  return parts;
}

// Somebody else chose this link, and may have removed it meanwhile.
const readTarget = (link: string): string => {
  try {
    return printableName(readlinkSync(link));
  } catch {
    return "somewhere";
  }
};

function tryOpen(path: string): number | undefined {
  try {
    return openSync(path, folderFlags | constants.O_NOFOLLOW);
  } catch {
    return undefined;
  }
}

const readFdInfo = (descriptor: number): string => readFileSync(`/proc/self/fdinfo/${descriptor}`, "utf8");

function withDescriptor<T>(descriptor: number, act: (descriptor: number) => T): T {
  try {
    return act(descriptor);
  } finally {
    closeSync(descriptor);
  }
}
