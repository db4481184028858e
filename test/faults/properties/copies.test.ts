import assert from "node:assert/strict";
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { SandboxError } from "../../../base/errors.ts";
import { EarlyEnd } from "../../../helpers/sandbox/copy/read-tar.ts";
import { unpack } from "../../../helpers/sandbox/copy/unpack.ts";
import { inPieces, makeAttributes, makeMember, type Member } from "../../unit/sandbox/copy/archive.ts";
import { makeTemporary } from "../../unit/sandbox/populate/temporary.ts";
import { copy, sayRefusal } from "./archives.ts";
import { assertPrintable, assertUnpolluted } from "./bounds.ts";
import { runs } from "./runs.ts";

test("a copy writes only below its destination, or is refused in printable words", async (context) => {
  const top = makeTemporary(context);
  const folder = join(top, "to");
  await fc.assert(
    fc.asyncProperty(copy, fc.option(fc.constant(Buffer.from("copy")), { nil: undefined }), async (bytes, name) => {
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(folder);
      writeFileSync(join(top, "outside"), "untouched");
      symlinkSync("..", join(folder, "etc"));
      const refusal = await sayRefusal(unpack(inPieces(bytes, 4096), "root", { folder, name }), SandboxError, EarlyEnd);
      assertPrintable(refusal);
      assert.deepEqual(readdirSync(top).sort(), ["outside", "to"]);
      assert.equal(readFileSync(join(top, "outside"), "utf8"), "untouched");
      assertUnpolluted();
    }),
    runs(),
  );
});

async function* repeat(count: number, make: (index: number) => readonly Member[]): AsyncGenerator<Buffer> {
  yield makeMember({ path: "root/", type: "5" });
  for (let index = 0; index < count; index++) yield await Promise.resolve(Buffer.concat(make(index).map(makeMember)));
  yield Buffer.alloc(1024);
}

const endless: Readonly<Record<string, (index: number) => readonly Member[]>> = {
  fifos: () => [{ path: "root/fifo", type: "6" }],
  devices: () => [{ path: `root/${"f".repeat(90)}`, type: "3" }],
  links: () => [{ path: "root/link", type: "2", link: `/${"x".repeat(90)}` }],
  "folders with attributes": (index) => [
    makeAttributes({ path: `root/${index}`, uname: "u".repeat(60_000) }),
    { path: "root/x", type: "5" },
  ],
};

// Without it what was read and is not kept may count. Bun has none.
setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("typeof gc === 'function' ? gc : () => undefined") as () => void;

for (const [what, make] of Object.entries(endless))
  test(`${what} without end take no memory`, async (context) => {
    const folder = makeTemporary(context);
    collectGarbage();
    const before = process.memoryUsage().external;
    const { leftOut, leadOut } = await unpack(repeat(1500, make), "root", { folder, name: Buffer.from("copy") });
    assert.ok(leftOut.names.length + leadOut.names.length <= 1000);
    collectGarbage();
    assert.ok(process.memoryUsage().external - before < 50 * 2 ** 20);
  });
