import { closeSync, constants, fchmodSync, futimesSync, lutimesSync, mkdirSync, openSync, renameSync } from "node:fs";
import { rmSync, symlinkSync, writeSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { lstatIn, openBeneath, openFolder, beneath, splitPath } from "../tree/beneath.ts";
import { describeWriteError } from "./describe-write-error.ts";
import { quoteName } from "../untrusted-text.ts";
import { requireSpace } from "./require-space.ts";
import { type TarHeader, Unsound } from "./tar-header.ts";
import { type Dialect, readTar, type TarEntry } from "./read-tar.ts";

/**
 * The destination of an archive. Its one top entry becomes `name` in `folder`; without a name, the content of that
 * entry goes there.
 */
export interface Destination {
  readonly folder: string;
  readonly name: Buffer | undefined;
}

export interface Unpacked {
  readonly files: number;
  readonly bytes: number;
  /** Fifos, devices and the like, in the form `KIND "NAME"`. */
  readonly leftOut: Named;
  /** Links that lead out of the destination, in the form `"NAME" -> "TARGET"`. */
  readonly leadOut: Named;
}

/** The first of the names that are to be told, and how many there are. The sandbox decides how many. */
export interface Named {
  readonly names: readonly string[];
  readonly count: number;
}

const mostNames = 1000;

/** What a folder gets once everything is in it. */
type FolderHeader = Pick<TarHeader, "path" | "mode" | "mtime">;

interface Work {
  readonly root: number;
  readonly top: string;
  readonly destination: Destination;
  /** New folders, each inside the previous one. An archive has no limit for folders, but for their depth. */
  readonly open: FolderHeader[];
  readonly done: { files: number; bytes: number; leftOut: Named; leadOut: Named };
}

// GNU tar writes these with --format=pax. Owners are ignored, so any value is fine.
const paxKeys = new Set(["path", "linkpath", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname"]);
const dialect: Dialect = { knows: (key) => paxKeys.has(key), mostAttributes: 1 << 16 };

export const notAnArchive = (what: string): SandboxError =>
  new SandboxError(`the sandbox sent a damaged archive: ${what}`, {
    hint: "Something inside interfered with the copy; nothing was written outside the destination",
  });

/**
 * Unpacks an untrusted archive. It writes only beneath the destination, through no link, and replaces only files and
 * links. It makes only files, folders and links, which we own, without set-id bits. `top` is the name with which the
 * archive must begin.
 */
export async function unpack(
  chunks: AsyncIterable<Buffer>,
  top: string,
  destination: Destination,
  report: (bytes: number) => void = () => undefined,
): Promise<Unpacked> {
  const root = openSync(destination.folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const none: Named = { names: [], count: 0 };
  const work: Work = { root, top, destination, open: [], done: { files: 0, bytes: 0, leftOut: none, leadOut: none } };
  try {
    for await (const entry of readTar(chunks, dialect)) {
      const components = place(entry.header, work);
      finishFolders(work, components);
      try {
        if (components.length > 0) await write(work, components, entry, report);
      } catch (error) {
        throw describeWriteError(
          error,
          join(destination.folder, Buffer.concat(components.flatMap(withSlash)).toString()),
        );
      }
    }
    finishFolders(work, []);
    return work.done;
  } catch (error) {
    if (!(error instanceof Unsound)) throw error;
    throw notAnArchive(error.member === undefined ? error.message : `${quoteName(error.member)}: ${error.message}`);
  } finally {
    closeSync(root);
  }
}

const withSlash = (component: Buffer, index: number): readonly Buffer[] =>
  index === 0 ? [component] : [Buffer.from("/"), component];

function place({ path }: FolderHeader, { top, destination: { name } }: Work): readonly Buffer[] {
  const prefix = Buffer.from(`${top}/`);
  const isTop = path.equals(prefix) || path.equals(prefix.subarray(0, -1));
  const isBelow = path.subarray(0, prefix.length).equals(prefix);
  const rest = isTop ? [] : isBelow ? splitPath(path.subarray(prefix.length)) : undefined;
  if (rest === undefined) throw notAnArchive(`it contains ${quoteName(path)}`);
  return name === undefined ? rest : [name, ...rest];
}

const kinds: Readonly<Record<string, string>> = {
  "1": "hard link",
  "3": "character device",
  "4": "block device",
  "6": "fifo",
  S: "sparse file",
};

async function write(work: Work, components: readonly Buffer[], entry: TarEntry, report: (bytes: number) => void) {
  const { header } = entry;
  const name = components.at(-1) ?? Buffer.alloc(0);
  const folder = openBeneath(work.root, components.slice(0, -1));
  try {
    requireSpace(folder, header.size, work.destination.folder);
    if (header.type === "0") {
      await writeFile(folder, name, entry, (bytes) => {
        report((work.done.bytes += bytes));
      });
      work.done.files++;
    } else if (header.type === "2") {
      writeLink(folder, name, header);
      if (leadsOut(header.linkTarget, components.length - 1)) {
        work.done.leadOut = withName(work.done.leadOut, `${quoteName(name)} -> ${quoteName(header.linkTarget)}`);
      }
      work.done.files++;
    } else if (header.type === "5") {
      if (makeFolder(folder, name)) work.open.push(keep(header));
    } else {
      const kind = kinds[header.type] ?? "something unknown";
      work.done.leftOut = withName(work.done.leftOut, `${kind} ${quoteName(header.path)}`);
    }
  } finally {
    closeSync(folder);
  }
}

const withName = ({ names, count }: Named, name: string): Named => ({
  names: count < mostNames ? [...names, name] : names,
  count: count + 1,
});

// The path is a part of all attributes of the member, and would keep them.
const keep = ({ path, mode, mtime }: TarHeader): FolderHeader => ({ path: Buffer.from(path), mode, mtime });

// Writes a new file beside and renames it, so the old file is replaced completely or not at all, and never written
// into.
async function writeFile(folder: number, name: Buffer, { header, data }: TarEntry, report: (bytes: number) => void) {
  requireReplaceable(folder, name);
  const beside = beneath(folder, temporaryName());
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = openSync(beside, flags, 0o600);
  try {
    for await (const piece of data) {
      writeAll(file, piece);
      report(piece.length);
    }
    fchmodSync(file, header.mode & 0o777);
    futimesSync(file, timeOf(header), timeOf(header));
    renameSync(beside, beneath(folder, name));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

function writeAll(file: number, data: Buffer): void {
  for (let at = 0; at < data.length;) at += writeSync(file, data, at);
}

function writeLink(folder: number, name: Buffer, header: TarHeader): void {
  requireReplaceable(folder, name);
  const beside = beneath(folder, temporaryName());
  symlinkSync(header.linkTarget, beside);
  try {
    lutimesSync(beside, timeOf(header), timeOf(header));
    renameSync(beside, beneath(folder, name));
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** Returns whether the folder is new. An existing folder keeps its mode and owner. */
function makeFolder(folder: number, name: Buffer): boolean {
  if (lstatIn(folder, name) === undefined) {
    mkdirSync(beneath(folder, name), 0o700);
    return true;
  }
  closeSync(openFolder(folder, name));
  return false;
}

/**
 * Gives folders their mode and time, except those that lead to `next`. That comes when their content is there: writing into
 * a folder would change its time, and the folder might not even be writable.
 */
function finishFolders(work: Work, next: readonly Buffer[]): void {
  for (let last = work.open.at(-1); last !== undefined; last = work.open.at(-1)) {
    const components = place(last, work);
    if (next.length > components.length && components.every((part, index) => next[index]?.equals(part))) return;
    finishFolder(work, components, last);
    work.open.pop();
  }
}

function finishFolder(work: Work, components: readonly Buffer[], header: FolderHeader): void {
  const folder = openBeneath(work.root, components);
  try {
    fchmodSync(folder, header.mode & 0o777);
    futimesSync(folder, timeOf(header), timeOf(header));
  } finally {
    closeSync(folder);
  }
}

function requireReplaceable(folder: number, name: Buffer): void {
  const there = lstatIn(folder, name);
  if (there === undefined || there.isFile() || there.isSymbolicLink()) return;
  throw new SandboxError(`${quoteName(name)} at the destination is not a file, so it is not replaced`, {
    hint: "Move it, or choose another destination",
  });
}

function leadsOut(target: Buffer, depth: number): boolean {
  const parts = target.toString("latin1").split("/");
  if (parts[0] === "") return true;
  let level = depth;
  return parts.some((part) => (level += part === ".." ? -1 : part === "" || part === "." ? 0 : 1) < 0);
}

const temporaryName = (): Buffer => Buffer.from(`.sandboxcontainer-${process.pid}-${String(Math.random()).slice(2)}`);

// The range that every file system can store.
const timeOf = ({ mtime }: FolderHeader): number => Math.min(Math.max(mtime, 0), 2 ** 32 - 1);
