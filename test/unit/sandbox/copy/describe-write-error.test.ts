import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";
import { SandboxError } from "../../../../base/errors.ts";
import { describeWriteError } from "../../../../helpers/sandbox/copy/child.ts";

/** Returns the description of the error that a function throws. */
function describe(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return describeWriteError(error, '"root/etc/file"');
  }
  return assert.fail("it does not fail");
}

test("a refusal of the kernel is told with the file", () => {
  const told = describe(() => {
    mkdirSync("/proc");
  });
  assert.ok(told instanceof SandboxError);
  assert.equal(told.message, 'cannot write "root/etc/file": there is already something with this name');
});

// Once, a damaged archive was reported as a file that cannot be written.
test("an error of the archive that is read stays what it is", () => {
  const told = describe(() => zstdDecompressSync(Buffer.from("28b52ffd2401000099e9d8510000", "hex")));
  assert.ok(told instanceof Error && !(told instanceof SandboxError));
});
