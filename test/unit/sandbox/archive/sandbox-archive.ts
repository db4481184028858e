import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { constants, zstdCompressSync } from "node:zlib";
import { dialect, readRealSize } from "../../../../helpers/sandbox/archive/attributes.ts";
import { makeTreeWriter } from "../../../../helpers/sandbox/archive/tree-writer.ts";
import { type Contents, unpackSandbox } from "../../../../helpers/sandbox/archive/unpack.ts";
import { readTar } from "../../../../helpers/sandbox/copy/read-tar.ts";
import type { TarHeader } from "../../../../helpers/sandbox/copy/tar-header.ts";
import { inPieces, makeArchive, type Member } from "../copy/archive.ts";
import { makeTemporary } from "../populate/temporary.ts";

export const [owner, group] = [process.getuid?.() ?? 0, process.getgid?.() ?? 0];

/** The first members of every archive. The user who runs the test owns them, because only root may give files away. */
export const records: readonly Member[] = [
  { path: "sandboxcontainer.json", data: '{"version":1,"name":"web1"}\n' },
  { path: "conf", data: "[Sandbox]\nExec=/usr/bin/sleep infinity\n" },
  { path: "manifest.json", data: '{"version":1,"population":"x","packages":[],"entries":[]}' },
];
export const root: Member = { path: "root/", type: "5", mode: 0o755, owner, group };

export const compress = (archive: Buffer): Buffer =>
  zstdCompressSync(archive, { params: { [constants.ZSTD_c_checksumFlag]: 1, [constants.ZSTD_c_compressionLevel]: 1 } });

/** A place to unpack in. The test sees everything in it. */
export interface Place {
  readonly folder: string;
  unpack(compressed: Buffer): Promise<Contents>;
  send(...members: readonly Member[]): Promise<Contents>;
  /** Lists what is in the place beside the folder and the archive. */
  outside(): readonly string[];
}

export function makePlace(context: TestContext): Place {
  const top = makeTemporary(context);
  const [folder, file] = [join(top, "to"), join(top, "archive")];
  mkdirSync(folder);
  const unpack = (compressed: Buffer): Promise<Contents> => {
    writeFileSync(file, compressed);
    return unpackSandbox(file, () => makeTreeWriter(folder));
  };
  return {
    folder,
    unpack,
    send: (...members) => unpack(compress(makeArchive(...members))),
    outside: () => readdirSync(top).filter((name) => name !== "to" && name !== "archive"),
  };
}

/** Lists the differences between a tree and what our reader says about an archive. */
export async function compareTree(folder: string, archive: Buffer): Promise<readonly string[]> {
  const mistakes: string[] = [];
  const expected = new Set<string>();
  for await (const { header, data } of readTar(inPieces(archive, 4096), dialect)) {
    const path = header.path.toString("latin1");
    if (!path.startsWith("root")) continue;
    expected.add(path.replace(/\/$/, ""));
    const chunks: Buffer[] = [];
    for await (const chunk of data) chunks.push(chunk);
    if (header.type !== "1") mistakes.push(...compareMember(folder, header, Buffer.concat(chunks)));
  }
  const found = existsSync(join(folder, "root"))
    ? [
        "root",
        ...readdirSync(join(folder, "root"), { recursive: true, encoding: "latin1" }).map((each) => `root/${each}`),
      ]
    : [];
  for (const path of [...found, ...expected])
    if (!found.includes(path) || !expected.has(path)) mistakes.push(`${path} is there in one only`);
  return mistakes;
}

function compareMember(folder: string, header: TarHeader, data: Buffer): readonly string[] {
  const path = Buffer.concat([Buffer.from(`${folder}/`), header.path]);
  const stats = lstatSync(header.type === "5" ? path.subarray(0, -1) : path);
  const wanted = {
    kind: { "0": 0o100000, "2": 0o120000, "5": 0o040000, "6": 0o010000 }[header.type],
    mode: header.type === "2" ? 0o777 : header.mode,
    owner: header.owner,
    group: header.group,
    time: Math.min(Math.max(header.mtime, -(2 ** 31)), 2 ** 33),
  };
  const found = {
    kind: stats.mode & 0o170000,
    mode: stats.mode & 0o7777,
    owner: stats.uid,
    group: stats.gid,
    time: Math.abs(stats.mtimeMs / 1000 - wanted.time) < 0.001 ? wanted.time : stats.mtimeMs / 1000,
  };
  const mistakes =
    JSON.stringify(found) === JSON.stringify(wanted)
      ? []
      : [`${path.toString()}: ${JSON.stringify({ found, wanted })}`];
  if (header.type === "2" && readlinkSync(path, "latin1") !== header.linkTarget.toString("latin1"))
    mistakes.push(`${path.toString()}: another target`);
  const realSize = readRealSize(header);
  if (header.type === "0" && realSize === undefined && !readFileSync(path).equals(data))
    mistakes.push(`${path.toString()}: another content`);
  if (header.type === "0" && typeof realSize === "number" && stats.size !== realSize)
    mistakes.push(`${path.toString()}: another size`);
  return mistakes;
}
