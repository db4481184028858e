import assert from "node:assert/strict";
import { test } from "node:test";
import { describeOutput, escapeSpecifiers, quoteExecWord } from "../../../generator/output.ts";

test("output is described by its path and its text or target", () => {
  assert.equal(describeOutput({ kind: "file", path: "a.service", text: "[Unit]\n" }), "# a.service\n[Unit]\n");
  assert.equal(describeOutput({ kind: "link", path: "a", target: "/b" }), "# a -> /b\n");
});

test("a specifier is escaped", () => {
  assert.equal(escapeSpecifiers("100% %i"), "100%% %%i");
});

test("a quoted word means itself to systemd, whatever is in it", () => {
  assert.equal(quoteExecWord(`a "b" \\ $HOME %i 'c'`), String.raw`"a \"b\" \\ $$HOME %%i 'c'"`);
  assert.equal(quoteExecWord("a\nb\u0085"), String.raw`"a\x0ab\x85"`);
});
