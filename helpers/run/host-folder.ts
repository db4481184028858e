import { closeSync, constants, lstatSync, openSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { printableName } from "../sandbox/untrusted-text.ts";
import { orMissing } from "../host/or-missing.ts";

/** A folder of the host that is open. Whoever replaces a part of its path replaces nothing here. */
export interface HostFolder {
  /** Where it was when it was opened. */
  readonly path: string;
  readonly descriptor: number;
}

/** A folder on the way to another one. */
export interface WayPart {
  readonly owner: number;
  readonly mode: number;
}

// O_PATH of open(2), which Node does not name: needs no right to read, as for a working directory. The same on all architectures that we build for.
const pathOnly = 0o10000000;
const folderFlags = pathOnly | constants.O_DIRECTORY;

/** The open folder for the kernel, also as the working directory of a program that we run; or a folder above it. */
export const placeOf = ({ descriptor }: HostFolder, levelsUp = 0): string =>
  `/proc/self/fd/${descriptor}${"/..".repeat(levelsUp)}`;

/** Where it is now. */
export const pathAbove = (folder: HostFolder, levelsUp: number): string =>
  withDescriptor(openSync(placeOf(folder, levelsUp), folderFlags), (above) => readlinkSync(`/proc/self/fd/${above}`));

/** The number of the mount that it is in (proc_pid_fdinfo(5)), or that a folder above it is in. */
export const mountOf = (folder: HostFolder, levelsUp = 0): number =>
  withDescriptor(openSync(placeOf(folder, levelsUp), folderFlags), (file) => parseMountId(readFdInfo(file)));

/** From the text of proc_pid_fdinfo(5); throws when it is not there. */
export function parseMountId(text: string): number {
  const digits = /^mnt_id:\s*(\d+)$/m.exec(text)?.[1];
  if (digits === undefined) throw new SandboxError("the kernel does not tell which mount a folder is in");
  return Number(digits);
}

/** The folders above it, the nearest first, without the root. By descriptor, not by path. Rights in ACLs show in the bits of the group (acl(5)). */
export function readWay(folder: HostFolder): readonly WayPart[] {
  const count = folder.path.split("/").filter(Boolean).length - 1;
  return Array.from({ length: Math.max(count, 0) }, (_, index) => {
    const { uid, mode } = statSync(placeOf(folder, index + 1));
    return { owner: uid, mode };
  });
}

/**
 * Runs `act` with a folder of the host open. Its path must not have a link in it: whoever may write one of the folders on the way could
 * have put a link to /etc there. We open it first and ask the kernel then where it is, so nobody can swap a part of the path in between.
 * Throws a SandboxError that tells which part is wrong.
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

/** Tells the first part of a path that is a link, or missing. It looks at the path anew, so it is only good for a message. */
export function explainPath(path: string): SandboxError {
  for (const part of partsOf(path)) {
    const stats = orMissing(() => lstatSync(part, { throwIfNoEntry: false }));
    if (stats === undefined) return new SandboxError(`there is no ${part}`, { hint: "Make it, or change Mount=" });
    if (stats.isSymbolicLink())
      return new SandboxError(`${part} is a link to ${readTarget(part)}`, {
        hint: "A link may lead elsewhere at the next start: name in Mount= where it leads",
      });
  }
  return new SandboxError(`${path} is not a folder, or somebody is replacing a part of its path`);
}

// `/a`, `/a/b` …
function partsOf(path: string): readonly string[] {
  const parts: string[] = [];
  for (let part = path; part !== "/" && part !== "."; part = dirname(part)) parts.unshift(part);
  return parts;
}

// Somebody else chose it, and may have taken it away meanwhile.
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
