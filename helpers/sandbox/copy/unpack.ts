import { closeSync, constants, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { beneath, lstatIn, openBeneath, openFolder, splitPath } from "../tree/beneath.ts";
import { quoteName } from "../untrusted-text.ts";
import { describeWriteError } from "./child.ts";
import { type Dialect, readTar, type TarEntry } from "./read-tar.ts";
import { type TarHeader, Unsound } from "./tar-header.ts";
import {
  complete,
  type FolderHeader,
  type Kept,
  outside,
  requireOwner,
  requireSpace,
  writeFile,
  writeLink,
} from "./write-members.ts";

/**
 * The destination of an archive. Its one top entry becomes `name` in `folder`; without a name, the content of that
 * entry goes there.
 */
export interface Destination {
  readonly folder: string;
  readonly name: Buffer | undefined;
  /** Opens the folder, if its path alone must not be trusted. */
  readonly open?: () => number;
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

const maxNames = 1000;

interface Work {
  readonly root: number;
  readonly top: string;
  readonly destination: Destination;
  readonly kept: Kept;
  /** New folders, each inside the previous one. An archive has no limit for folders, but for their depth. */
  readonly open: FolderHeader[];
  readonly done: { files: number; bytes: number; leftOut: Named; leadOut: Named };
}

// GNU tar writes these with --format=pax.
const paxKeys = new Set(["path", "linkpath", "size", "mtime", "atime", "ctime", "uid", "gid", "uname", "gname"]);
const dialect: Dialect = { knows: (key) => paxKeys.has(key), maxAttributes: 1 << 16 };

export const notAnArchive = (what: string): SandboxError =>
  new SandboxError(`the sandbox sent a damaged archive: ${what}`, {
    hint: "Something inside interfered with the copy; nothing was written outside the destination",
  });

/**
 * Unpacks an untrusted archive. It writes only beneath the destination, through no link, and replaces only files and
 * links. It makes only files, folders and links, with as much of their owners and modes as `kept` says. `top` is the name
 * with which the archive must begin.
 */
export async function unpack(
  chunks: AsyncIterable<Buffer>,
  top: string,
  destination: Destination,
  report: (bytes: number) => void = () => undefined,
  kept: Kept = outside,
): Promise<Unpacked> {
  const root = destination.open?.() ?? openSync(destination.folder, constants.O_RDONLY | constants.O_DIRECTORY);
  const none: Named = { names: [], count: 0 };
  const done = { files: 0, bytes: 0, leftOut: none, leadOut: none };
  const work: Work = { root, top, destination, kept, open: [], done };
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
  if (work.kept.owners) requireOwner(header);
  const folder = openBeneath(work.root, components.slice(0, -1));
  try {
    requireSpace(folder, header.size, work.destination.folder);
    if (header.type === "0") {
      await writeFile(folder, name, entry, work.kept, (bytes) => {
        report((work.done.bytes += bytes));
      });
      work.done.files++;
    } else if (header.type === "2") {
      writeLink(folder, name, header, work.kept);
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
  names: count < maxNames ? [...names, name] : names,
  count: count + 1,
});

// The path is a part of all attributes of the member, and would keep them.
const keep = ({ path, mode, mtime, owner, group }: TarHeader): FolderHeader => ({
  ...{ path: Buffer.from(path), mode, mtime, owner, group },
});

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
    complete(folder, header, work.kept);
  } finally {
    closeSync(folder);
  }
}

function leadsOut(target: Buffer, depth: number): boolean {
  const parts = target.toString("latin1").split("/");
  if (parts[0] === "") return true;
  let level = depth;
  return parts.some((part) => (level += part === ".." ? -1 : part === "" || part === "." ? 0 : 1) < 0);
}
