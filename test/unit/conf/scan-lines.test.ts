import assert from "node:assert/strict";
import { test } from "node:test";
import { scanLines } from "../../../conf/parse-conf.ts";

test("comments begin a line, and a value keeps its # and ;", () => {
  assert.deepEqual(scanLines("# one\n ; two\n\nExec=/bin/x a;b #c\n"), [
    { text: "Exec=/bin/x a;b #c", line: 4, last: 4 },
  ]);
});

test("a backslash at the end continues the line, over comments, and the number is that of its beginning", () => {
  assert.deepEqual(scanLines("a=1 \\\n# not part of it\n  2\nb=3"), [
    { text: "a=1  2", line: 1, last: 3 },
    { text: "b=3", line: 4, last: 4 },
  ]);
});

test("an escaped backslash does not continue the line", () => {
  assert.deepEqual(
    scanLines("a=\\\\\nb=2").map(({ text }) => text),
    ["a=\\\\", "b=2"],
  );
});

test("of several backslashes each second one is escaped", () => {
  const textsOf = (count: number) => scanLines(`a=${"\\".repeat(count)}\nb=2`).map(({ text }) => text);
  assert.deepEqual(textsOf(3), ["a=\\\\ b=2"]);
  assert.deepEqual(textsOf(4), ["a=\\\\\\\\", "b=2"]);
});

test("a backslash at the end of the file is dropped, so that it cannot swallow a line of a generated file", () => {
  assert.deepEqual(
    scanLines("a=1\\").map(({ text }) => text),
    ["a=1"],
  );
  assert.deepEqual(
    scanLines("a=1\\   ").map(({ text }) => text),
    ["a=1"],
  );
});

test("blanks around a continued line are not part of it", () => {
  assert.deepEqual(scanLines("\\\n  \\\n a=1 \\\n\n\\\n \\\n"), [{ text: "a=1", line: 1, last: 4 }]);
});
