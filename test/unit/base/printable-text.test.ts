import assert from "node:assert/strict";
import { test } from "node:test";
import { printableText, replaceUnsafe } from "../../../base/text.ts";

test("lines and tabs stay, and what could do something to a terminal is spelt out", () => {
  assert.equal(printableText("a\tb\nc\rd\x00"), "a\tb\nc\\u{d}d\\u{0}");
  assert.equal(replaceUnsafe("a\tb\n"), "a\\u{9}b\\u{a}");
  assert.equal(
    replaceUnsafe("a\x1bb\u{e000}", () => "?"),
    "a?b?",
  );
});

test("characters of two units are one", () => {
  assert.equal(printableText("😀\u{e0001}"), "😀\\u{e0001}");
});
