import assert from "node:assert/strict";
import { test } from "node:test";
import { cleanWords, startChild } from "../../../../helpers/sandbox/copy/child.ts";

test("what a program complained about is a line without its name, and moves no cursor", () => {
  const said =
    "tar: x: Cannot stat\nenv: 'tar': No such file\ntar: x: Cannot stat\n\u001b[2Jboo\u202e\ntar: Exiting with failure status due to previous errors\n";
  assert.equal(cleanWords(said), "x: Cannot stat; 'tar': No such file; \\u{1b}[2Jboo\\u{202e}");
  assert.equal(cleanWords(""), "");
});

test("the last page of a flood of words is kept, and the end is told", async () => {
  const { ended } = startChild(
    ["sh", "-c", "yes noise | head -n 100000 >&2; echo last >&2; kill -9 $$"],
    "ignore",
    "ignore",
  );
  const { status, words } = await ended;
  assert.equal(status, 137);
  assert.match(words, /^\w*; ?(noise; )?last$/);
});
