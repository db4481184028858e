import assert from "node:assert/strict";
import { openSync, readFileSync, writeFileSync } from "node:fs";
import { test } from "node:test";
import { describeError } from "../../../base/errors.ts";
import { withPath } from "../../../base/files.ts";

function describeFailure(work: () => void): string {
  try {
    withPath("/etc/x.new", work);
  } catch (error) {
    return describeError(error);
  }
  return "";
}

test("an error of a call that takes a descriptor names the file, and says what to do", () => {
  const full = openSync("/dev/full", "w");
  assert.match(
    describeFailure(() => {
      writeFileSync(full, "text");
    }),
    /^cannot write \/etc\/x\.new: no space left on device\. Free some space; .*$/,
  );
});

test("an error that names a file stays as it is", () => {
  assert.equal(
    describeFailure(() => void readFileSync("/nowhere/x")),
    "cannot open /nowhere/x: no such file or directory",
  );
});

test("what the work returns is returned", () => {
  assert.equal(
    withPath("/etc/x", () => 7),
    7,
  );
});
