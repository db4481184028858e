import assert from "node:assert/strict";
import { readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { SandboxError } from "../../../base/errors.ts";
import { dialect, readAttributes, readRealSize } from "../../../helpers/sandbox/archive/attributes.ts";
import { advance, atBegin, judgeMember } from "../../../helpers/sandbox/archive/members.ts";
import { passOneFrame } from "../../../helpers/sandbox/archive/open-archive.ts";
import { parseRecords } from "../../../helpers/sandbox/archive/records.ts";
import { readSparse } from "../../../helpers/sandbox/archive/sparse-map.ts";
import { EarlyEnd, readTar } from "../../../helpers/sandbox/copy/read-tar.ts";
import { Unsound } from "../../../helpers/sandbox/copy/tar-header.ts";
import { isComponent } from "../../../helpers/sandbox/tree/beneath.ts";
import { compress, makePlace } from "../../unit/sandbox/archive/sandbox-archive.ts";
import { inPieces, makeArchive, type Member } from "../../unit/sandbox/copy/archive.ts";
import { archive, good, sayRefusal } from "./archives.ts";
import { assertPrintable, assertUnpolluted } from "./bounds.ts";
import { nearBytes, nearJson } from "./hostile.ts";
import { runs } from "./runs.ts";

async function readAll(bytes: Buffer, pieces: number): Promise<void> {
  let order = atBegin;
  for await (const { header, data } of readTar(inPieces(bytes, pieces), dialect)) {
    for await (const chunk of data) assert.ok(chunk.length > 0);
    readAttributes(header);
    readRealSize(header);
    const judged = judgeMember(header);
    if (typeof judged === "string") throw new Unsound(judged, header.path);
    assert.ok(judged.below.every(isComponent));
    const next = advance(order, judged, header.type === "5");
    if (typeof next === "string") throw new Unsound(next, header.path);
    order = next;
  }
}

test("any bytes are an archive, or are refused by its reader", async () => {
  await fc.assert(
    fc.asyncProperty(archive, fc.constantFrom(1, 100, 512, 4096), async (bytes, pieces) => {
      await sayRefusal(readAll(bytes, pieces), Unsound, EarlyEnd);
      assertUnpolluted();
    }),
    runs(),
  );
});

test("an import makes its tree and nothing else, or is refused in printable words", async (context) => {
  const place = makePlace(context);
  await fc.assert(
    fc.asyncProperty(fc.oneof(archive.map(compress), nearBytes(compress(good))), async (bytes) => {
      rmSync(join(place.folder, "root"), { recursive: true, force: true });
      const refusal = await sayRefusal(place.unpack(bytes), SandboxError);
      assertPrintable(refusal);
      assert.ok(!refusal.includes("\n"), refusal);
      assert.ok(readdirSync(place.folder).every((name) => name === "root"));
      assert.deepEqual(place.outside(), []);
    }),
    runs(),
  );
});

test("records of an archive are sound, or are refused by their reader", () => {
  const texts = {
    "sandboxcontainer.json": '{"version":1,"name":"web1"}',
    "manifest.json": '{"version":1,"population":"x","packages":[{"name":"a","version":"1","source":"a"}],"entries":[]}',
  };
  fc.assert(
    fc.property(
      nearJson(texts["sandboxcontainer.json"]),
      nearJson(texts["manifest.json"]),
      fc.boolean(),
      (name, manifest, isName) => {
        const files = {
          conf: "[Sandbox]\n",
          ...texts,
          ...(isName ? { "sandboxcontainer.json": name } : { "manifest.json": manifest }),
        };
        try {
          parseRecords(new Map(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)])));
        } catch (error) {
          if (!(error instanceof Unsound)) throw error;
        }
      },
    ),
    runs(),
  );
});

test("a header that claims a gigabyte takes no memory before the data are there", async () => {
  const claims = fc.constantFrom<Member>(
    { path: "root/x", size: 2 ** 33 - 1 },
    { path: "x", type: "x", size: 2 ** 30 },
    { path: "manifest.json", size: 2 ** 30 },
  );
  await fc.assert(
    fc.asyncProperty(claims, async (each) => {
      const before = process.memoryUsage().rss;
      await sayRefusal(readAll(makeArchive(each), 512), Unsound, EarlyEnd);
      assert.ok(process.memoryUsage().rss - before < 2 ** 27);
    }),
    runs(0.1),
  );
});

test("any bytes are one frame of zstd, which the decoder knows too, or are refused", async () => {
  const frames = [compress(Buffer.from("x")), compress(Buffer.alloc(300_000, "ab"))] as const;
  await fc.assert(
    fc.asyncProperty(nearBytes(...frames), fc.constantFrom(1, 7, 4096), async (bytes, pieces) => {
      const passed: Buffer[] = [];
      const work = (async () => {
        for await (const piece of passOneFrame(inPieces(bytes, pieces))) passed.push(piece);
      })();
      const refusal = await sayRefusal(work, Unsound, EarlyEnd);
      assert.ok(bytes.subarray(0, Buffer.concat(passed).length).equals(Buffer.concat(passed)), refusal);
    }),
    runs(),
  );
});

test("holes are in order and within the file, or are refused", async () => {
  const pad = (text: string): Buffer =>
    Buffer.concat([Buffer.from(text, "latin1"), Buffer.alloc((512 - (text.length % 512)) % 512)]);
  const [one, two] = [
    Buffer.concat([pad("1\n4\n5\n"), Buffer.from("abcde")]),
    Buffer.concat([pad("2\n0\n3\n9\n0\n"), Buffer.from("abc")]),
  ];
  await fc.assert(
    fc.asyncProperty(nearBytes(one, two), fc.nat(20), fc.constantFrom(1, 3, 512), async (bytes, realSize, pieces) => {
      const work = readSparse(inPieces(bytes, pieces), bytes.length, realSize).then(({ pieces: found }) => {
        let end = 0;
        for (const { offset, length } of found) {
          assert.ok(offset >= end && offset + length <= realSize);
          end = offset + length;
        }
      });
      await sayRefusal(work, Unsound);
    }),
    runs(),
  );
});
