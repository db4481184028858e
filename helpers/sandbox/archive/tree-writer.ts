import {
  chmodSync,
  closeSync,
  constants,
  fchmodSync,
  fchownSync,
  ftruncateSync,
  futimesSync,
  lchownSync,
  linkSync,
  lutimesSync,
  mkdirSync,
  openSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { orMissing } from "../../../base/files.ts";
import { describeWriteError } from "../copy/child.ts";
import { type TarHeader, Unsound } from "../copy/tar-header.ts";
import { beneath, closeAfter, lstatIn, openBeneath, openFolder } from "../tree/beneath.ts";
import { O_PATH } from "../tree/look-up.ts";
import { quoteName } from "../untrusted-text.ts";
import { type AttributeSetter, makeAttributeSetter, readAttributes, readRealSize } from "./attributes.ts";
import { type Fifos, makeFifos } from "./fifos.ts";
import { type Allowance, makeAllowance, notAFile, splitTarget } from "./members.ts";
import { readSparse } from "./sparse-map.ts";

/** Makes a tree from members that were checked and come in order. */
export interface TreeWriter {
  /** `path` is below the tree; an empty path is the tree itself. */
  add(header: TarHeader, path: readonly Buffer[], data: AsyncIterable<Buffer>): Promise<void>;
  /** Call this after the last member. */
  finish(): void;
  close(): void;
}

interface Work {
  /** The descriptor of the staging folder. */
  readonly top: number;
  /** Folders that are not complete yet: the tree first, then each inside the previous one. */
  readonly open: { readonly name: Buffer; readonly header: TarHeader }[];
  /** The innermost of them. */
  current: number;
  readonly allow: Allowance;
  readonly setter: AttributeSetter;
  readonly fifos: Fifos;
}

/**
 * Makes the tree `root` in a folder that belongs only to root and has no `root` yet. It works below descriptors,
 * follows no link, and overwrites nothing. A folder gets its attributes after its content: otherwise its time would
 * change, and its default ACL would apply.
 */
export function makeTreeWriter(folder: string): TreeWriter {
  const top = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
  const work: Work = {
    ...{ top, open: [], current: openBeneath(top, []) },
    ...{ allow: makeAllowance(top, folder), setter: makeAttributeSetter(), fifos: makeFifos(join(folder, "fifos")) },
  };
  return {
    async add(header, path, data) {
      while (work.open.length > path.length) leaveFolder(work);
      const name = path.at(-1) ?? Buffer.from("root");
      try {
        await write(work, name, header, data);
      } catch (error) {
        throw describeWriteError(error, quoteName(header.path));
      }
    },
    finish() {
      while (work.open.length > 0) leaveFolder(work);
      work.setter.flush();
    },
    close() {
      work.setter.close();
      work.fifos.close();
      closeSync(work.current);
      closeSync(top);
    },
  };
}

async function write(work: Work, name: Buffer, header: TarHeader, data: AsyncIterable<Buffer>): Promise<void> {
  work.allow(header.size);
  const path = beneath(work.current, name);
  switch (header.type) {
    case "0":
      await writeFile(work, path, header, data);
      break;
    case "1":
      writeHardLink(work, path, header);
      break;
    case "2":
      symlinkSync(header.linkTarget, path);
      lchownSync(path, header.owner, header.group);
      lutimesSync(path, timeOf(header), timeOf(header));
      break;
    case "5":
      mkdirSync(path, 0o700);
      enterFolder(work, name, header);
      break;
    case "6":
      await writeFifo(work, path, header);
  }
}

async function writeFile(work: Work, path: Buffer, header: TarHeader, data: AsyncIterable<Buffer>): Promise<void> {
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
  const file = openSync(path, flags, 0o600);
  try {
    const realSize = readRealSize(header);
    if (typeof realSize === "number") await writeSparse(file, header.size, realSize, data);
    else for await (const chunk of data) writeAll(file, chunk, undefined);
  } catch (error) {
    closeSync(file);
    throw error;
  }
  complete(work, file, header);
}

async function writeSparse(file: number, size: number, realSize: number, data: AsyncIterable<Buffer>): Promise<void> {
  const sparse = await readSparse(data, size, realSize);
  ftruncateSync(file, realSize);
  const pieces = sparse.pieces.values();
  let [at, left] = [0, 0];
  for await (let chunk of sparse.data) {
    while (chunk.length > 0) {
      while (left === 0) {
        const piece = pieces.next().value;
        if (piece === undefined) return;
        [at, left] = [piece.offset, piece.length];
      }
      const part = chunk.subarray(0, left);
      writeAll(file, part, at);
      [at, left, chunk] = [at + part.length, left - part.length, chunk.subarray(part.length)];
    }
  }
}

function writeAll(file: number, data: Buffer, position: number | undefined): void {
  for (let done = 0; done < data.length;)
    done += writeSync(file, data, done, data.length - done, position === undefined ? null : position + done);
}

/** Gives an open file or folder its attributes, and closes it, now or later. */
function complete(work: Work, file: number, header: TarHeader): void {
  let isOurs = true;
  try {
    // A change of owner removes set-id bits, and so does writing.
    fchownSync(file, header.owner, header.group);
    fchmodSync(file, header.mode);
    futimesSync(file, timeOf(header), timeOf(header));
    const attributes = readAttributes(header);
    if (typeof attributes === "string" || attributes.length === 0) return;
    isOurs = false;
    work.setter.add(file, header.path, attributes);
  } finally {
    if (isOurs) closeSync(file);
  }
}

function enterFolder(work: Work, name: Buffer, header: TarHeader): void {
  const folder = openFolder(work.current, name);
  closeSync(work.current);
  work.current = folder;
  work.open.push({ name, header });
}

function leaveFolder(work: Work): void {
  const left = work.open.pop();
  if (left === undefined) return;
  const folder = work.current;
  work.current = openBeneath(
    work.top,
    work.open.map(({ name }) => name),
  );
  try {
    complete(work, folder, left.header);
  } catch (error) {
    throw describeWriteError(error, quoteName(left.header.path));
  }
}

// The path for link(2) leads through no link, because each folder is opened from the previous one.
function writeHardLink(work: Work, path: Buffer, header: TarHeader): void {
  const target = splitTarget(header.linkTarget) ?? [];
  const name = target.at(-1) ?? Buffer.alloc(0);
  const folder = orMissing(() => openBeneath(work.top, [Buffer.from("root"), ...target.slice(0, -1)]));
  const isMade =
    folder !== undefined &&
    closeAfter(folder, () => {
      const stats = lstatIn(folder, name);
      if (stats === undefined || stats.isDirectory()) return false;
      linkSync(beneath(folder, name), path);
      return true;
    });
  if (!isMade) throw new Unsound(notAFile, header.path);
}

async function writeFifo(work: Work, path: Buffer, header: TarHeader): Promise<void> {
  const fresh = await work.fifos.take();
  lchownSync(fresh, header.owner, header.group);
  chmodSync(fresh, header.mode);
  lutimesSync(fresh, timeOf(header), timeOf(header));
  linkSync(fresh, path);
  rmSync(fresh);
  const attributes = readAttributes(header);
  // Opening a fifo would wait for its other end.
  if (typeof attributes !== "string" && attributes.length > 0)
    work.setter.add(openSync(path, O_PATH | constants.O_NOFOLLOW), header.path, attributes);
}

// The range that file systems can store. It is a text, because Node takes a negative number for the current time.
const timeOf = ({ mtime }: TarHeader): string => String(Math.min(Math.max(mtime, -(2 ** 31)), 2 ** 34));
