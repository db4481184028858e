import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, readdirSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test, type TestContext } from "node:test";
import { SandboxError } from "../../../../base/errors.ts";
import { packWords } from "../../../../helpers/sandbox/archive/pack.ts";
import { withSum } from "../copy/archive.ts";
import { makeTemporary } from "../populate/temporary.ts";
import { compareTree, compress, makePlace, type Place, records } from "./sandbox-archive.ts";

/** Packs a small sandbox with export's tar, with all kinds of members. */
function packSmall(context: TestContext): Buffer {
  const from = makeTemporary(context);
  for (const { path, data } of records) writeFileSync(join(from, String(path)), data ?? "");
  mkdirSync(join(from, "root/etc"), { recursive: true });
  writeFileSync(join(from, "root/etc/file"), "content\n");
  linkSync(join(from, "root/etc/file"), join(from, "root/etc/hard"));
  symlinkSync("file", join(from, "root/etc/link"));
  writeFileSync(join(from, "root/holes"), "");
  truncateSync(join(from, "root/holes"), 1 << 20);
  execFileSync("mkfifo", [join(from, "root/fifo")]);
  const [tar = "", ...words] = packWords;
  const parts = ["sandboxcontainer.json", "conf", "manifest.json", "root"];
  return execFileSync(tar, [...words, "--blocking-factor=1", `--directory=${from}`, ...parts]);
}

/** Makes numbers from 0 to 1 that are the same in every run (mulberry32). */
function makeRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Asserts that an archive is refused in one line, or that its tree matches our reader. Nothing may change beside the
 * folder. Returns whether it was refused.
 */
async function tryArchive(
  place: Place,
  compressed: Buffer,
  archive: Buffer | undefined,
  what: string,
): Promise<boolean> {
  let refused = false;
  try {
    await place.unpack(compressed);
    assert.ok(archive !== undefined, `${what} is taken`);
    assert.deepEqual(await compareTree(place.folder, archive), [], what);
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error;
    assert.ok(!error.message.includes("\n"), what);
    refused = true;
  }
  assert.ok(
    readdirSync(place.folder).every((name) => name === "root"),
    what,
  );
  assert.deepEqual(place.outside(), [], what);
  rmSync(join(place.folder, "root"), { recursive: true, force: true });
  return refused;
}

/** Splits an archive into its members, each with everything that belongs to it, including the pax header. */
function splitMembers(archive: Buffer): readonly Buffer[] {
  const members: Buffer[] = [];
  let begin = 0;
  for (let at = 0; archive[at] !== 0;) {
    const size = Number.parseInt(archive.toString("latin1", at + 124, at + 135), 8);
    const isPax = archive.toString("latin1", at + 156, at + 157) === "x";
    at += 512 + Math.ceil(size / 512) * 512;
    if (isPax) continue;
    members.push(archive.subarray(begin, at));
    begin = at;
  }
  return members;
}

test("A1: an archive that is cut off at any byte is refused", async (context) => {
  const place = makePlace(context);
  const archive = packSmall(context);
  assert.equal(await tryArchive(place, compress(archive), archive, "whole"), false);
  const compressed = compress(archive);
  for (let length = 0; length < compressed.length; length++)
    assert.ok(await tryArchive(place, compressed.subarray(0, length), undefined, `cut at ${length}`), String(length));
  // Here the compression is complete, and the archive is not. Only the last block could be missing without any loss,
  // but that is refused too.
  for (
    let length = 0;
    length < archive.length;
    length += [1, 200, 311][length % 512 === 0 ? 0 : length % 512 === 1 ? 1 : 2] ?? 1
  )
    assert.ok(
      await tryArchive(place, compress(archive.subarray(0, length)), undefined, `${length} bytes`),
      String(length),
    );
});

test("A1: an archive with changed bytes is refused, or is what our reader says", async (context) => {
  const place = makePlace(context);
  const [archive, random] = [packSmall(context), makeRandom(1)];
  const compressed = compress(archive);
  for (let round = 0; round < 100; round++) {
    const changed = Buffer.from(compressed);
    const at = Math.floor(random() * changed.length);
    changed[at] = (changed[at] ?? 0) ^ (1 << Math.floor(random() * 8));
    // Some bits of the compressed data have no meaning.
    await tryArchive(place, changed, archive, `bit at ${at}`);
  }
  let refused = 0;
  for (let round = 0; round < 250; round++) {
    const changed = Buffer.from(archive);
    const block = Math.floor((random() * changed.length) / 512) * 512;
    const at = block + Math.floor(random() * 512);
    changed[at] = Math.floor(random() * 256);
    // A changed header gets a correct sum, which is the harder case.
    if (changed.toString("latin1", block + 257, block + 262) === "ustar") withSum(changed.subarray(block, block + 512));
    refused += (await tryArchive(place, compress(changed), changed, `byte ${at}, round ${round}`)) ? 1 : 0;
  }
  assert.ok(refused > 100 && refused < 250, String(refused));
});

test("A1: members in another order, twice or without others are refused, or are what our reader says", async (context) => {
  const place = makePlace(context);
  const [members, random] = [splitMembers(packSmall(context)), makeRandom(2)];
  assert.equal(members.length, 10);
  const pick = (): number => Math.floor(random() * members.length);
  for (let round = 0; round < 120; round++) {
    const changed = [...members];
    const moved = changed[pick()];
    if (moved === undefined) continue;
    if (round % 3 === 0) changed.splice(changed.indexOf(moved), 1);
    else changed.splice(pick(), round % 3 === 1 ? 0 : 1, moved);
    const archive = Buffer.concat([...changed, Buffer.alloc(1024)]);
    await tryArchive(place, compress(archive), archive, `round ${round}`);
  }
});

test("A1: a header with a lie in any field is refused, or is what our reader says", async (context) => {
  const place = makePlace(context);
  const members = splitMembers(packSmall(context));
  const fields = {
    mode: [100, 8],
    owner: [108, 8],
    group: [116, 8],
    size: [124, 12],
    time: [136, 12],
    type: [156, 1],
  } as const;
  const texts = [
    "7".repeat(12),
    "0".repeat(12),
    "0".repeat(11),
    " ".repeat(12),
    "-0000000001",
    "\x80\0\0\0\0\0\0\x01",
    "\xff".repeat(12),
    "",
  ];
  const types = "0123456789ABDGKLMNSVXgxz\0 ";
  const isOwnHeader = (member: Buffer): number => (member.toString("latin1", 156, 157) === "x" ? 1024 : 0);
  for (const [index, member] of members.entries()) {
    for (const [field, [at, length]] of Object.entries(fields)) {
      for (const text of field === "type" ? types : texts) {
        const changed = Buffer.from(member);
        const header = changed.subarray(isOwnHeader(member), isOwnHeader(member) + 512);
        header.fill(0, at, at + length).write(text.slice(0, length), at, "latin1");
        withSum(header);
        const archive = Buffer.concat([...members.with(index, changed), Buffer.alloc(1024)]);
        await tryArchive(place, compress(archive), archive, `member ${index}: ${field} is ${JSON.stringify(text)}`);
      }
    }
  }
});
