import { isUtf8 } from "node:buffer";
import { SandboxError } from "../../../base/errors.ts";
import type { TarHeader } from "../copy/tar-header.ts";
import { hasSpace } from "../copy/write-members.ts";
import { quoteName } from "../untrusted-text.ts";
import { largestId } from "./attributes.ts";

/** The parts of an exported sandbox, in their order; `root/` and `conf.d/` contain more. */
export const parts = [
  "sandboxcontainer.json",
  "conf",
  "conf.d",
  "manifest.json",
  "bases.json.gz",
  "state.json",
  "configured",
  "root",
] as const;

/** A checked member of an archive. */
export interface Member {
  readonly part: (typeof parts)[number];
  /** The path below `root` or `conf.d`; empty for that folder itself. */
  readonly below: readonly Buffer[];
}

/** The position after the last member: folders that the next member may be in, and the last name in each of them. */
export interface Order {
  readonly folders: readonly Buffer[];
  readonly last: readonly Buffer[];
}

export const atBegin: Order = { folders: [], last: [] };

/** Checks a member. Returns a reason if it cannot be part of a sandbox. */
export function judgeMember(header: TarHeader): Member | string {
  // tar ends the name of a folder with a slash, and no other name.
  const isFolder = header.type === "5";
  const hasSlash = header.path.at(-1) === slash;
  const components = splitClean(hasSlash ? header.path.subarray(0, -1) : header.path);
  if (components === undefined) return "its path leads out of the archive";
  const part = parts.find((each) => components[0]?.equals(Buffer.from(each)) === true);
  const below = components.slice(1);
  if (part === undefined || !isKnown(part, below)) return "it is not part of a sandbox";
  // A tree may contain fifos, but a device in it would be a device of the host.
  if (header.type === "3" || header.type === "4") return "it is a device";
  if (!["0", "1", "2", "5", "6"].includes(header.type)) return `it is of an unknown kind (${quoteName(header.type)})`;
  const isTop = (part === "root" || part === "conf.d") && below.length === 0;
  if (isFolder !== hasSlash || ((part !== "root" || isTop) && header.type !== (isTop ? "5" : "0")))
    return "it is of the wrong kind";
  return refuseOwnership(header) ?? refuseLink(header) ?? { part, below };
}

/**
 * The order after a member, or the reason why it cannot come now. A folder comes before its content, which is sorted by
 * bytes. So each path occurs once, only one chain of folders is open, and nothing grows with the number of members.
 */
export function advance({ folders, last }: Order, member: Member, isFolder: boolean): Order | string {
  const part = Buffer.from(String(parts.indexOf(member.part)));
  const path = [part, ...member.below];
  const depth = member.below.length;
  const name = member.below.at(-1) ?? part;
  const parent = path.slice(0, depth);
  if (!parent.every((each, level) => folders[level]?.equals(each) === true))
    return "it does not follow the folder that contains it";
  const before = last[depth];
  const order = before && Buffer.compare(name, before);
  if (order !== undefined && order <= 0) return order === 0 ? "it occurs twice" : "it is out of order";
  return { folders: isFolder ? path : parent, last: [...last.slice(0, depth), name] };
}

/** The components below the tree that a hard link leads to; undefined if it leads anywhere else. */
export function splitTarget(target: Buffer): readonly Buffer[] | undefined {
  const [top, ...below] = splitClean(target) ?? [];
  return top?.equals(Buffer.from("root")) === true && below.length > 0 ? below : undefined;
}

export const notAFile = "it is a hard link, but not to an earlier file";

const slash = 0x2f;

function splitClean(path: Buffer): readonly Buffer[] | undefined {
  const names = path.toString("latin1").split("/");
  const isName = (name: string): boolean =>
    name.length < 256 && !name.includes("\0") && !["", ".", ".."].includes(name);
  return names.every(isName) ? names.map((name) => Buffer.from(name, "latin1")) : undefined;
}

function isKnown(part: Member["part"], [file, ...more]: readonly Buffer[]): boolean {
  if (part === "root" || file === undefined) return true;
  return (
    part === "conf.d" && more.length === 0 && isUtf8(file) && /^[^.\p{Cc}][^\p{Cc}]*\.conf$/u.test(file.toString())
  );
}

function refuseOwnership({ mode, owner, group }: TarHeader): string | undefined {
  if (mode > 0o7777) return "its mode contains more than permissions";
  return owner > largestId || group > largestId
    ? "its owner or group is outside the sandbox's range of ids"
    : undefined;
}

// The kernel accepts no longer target (symlink(2)), and no empty one.
const longestTarget = 4095;

function refuseLink({ type, linkTarget }: TarHeader): string | undefined {
  if (type === "1" && splitTarget(linkTarget) === undefined) return notAFile;
  const isPossible = linkTarget.length > 0 && linkTarget.length <= longestTarget;
  return type === "2" && !isPossible ? "it is a link to a path that is empty or too long" : undefined;
}

// The file system is asked once for a portion of this size, or a smaller one if it is almost full. The next question
// also sees what others have written meanwhile.
const portions = [1 << 26, 1 << 20, 0];
// Even an empty file takes at least a block of the disk.
const bytesPerFile = 4096;

/**
 * Counts a file that is about to be written. Throws a SandboxError if the disk would be full. A hole takes no space.
 */
export type Allowance = (bytes: number) => void;

/**
 * Limits the space that an archive may take in the file system of an open folder, called `place`: everything except the
 * reserve of the host. `fits` says whether so many bytes fit in so many files.
 */
export function makeAllowance(
  folder: number,
  place: string,
  fits: (folder: number, bytes: number, files: number) => boolean = hasSpace,
): Allowance {
  let left = 0;
  return (bytes) => {
    const needed = bytes + bytesPerFile;
    if (needed > left) {
      const portion = portions.find((each) => fits(folder, needed + each, 1 + each / bytesPerFile));
      if (portion === undefined)
        throw new SandboxError(`the archive does not fit on the disk of ${place}`, {
          hint: "Free some space, and import it again",
        });
      left = needed + portion;
    }
    left -= needed;
  };
}
