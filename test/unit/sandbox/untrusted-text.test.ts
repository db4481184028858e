import assert from "node:assert/strict";
import test from "node:test";
import { printableText } from "../../../base/text.ts";
import { printableName, quoteName } from "../../../helpers/sandbox/untrusted-text.ts";

test("nothing that moves a cursor or turns the direction of writing is printed as it is", () => {
  assert.equal(
    printableText("a\tb\nc\x1b[31m\r\x07\x9b\u202e\u2028ü☃"),
    "a\tb\nc\\u{1b}[31m\\u{d}\\u{7}\\u{9b}\\u{202e}\\u{2028}ü☃",
  );
});

test("a name stays on one line, whatever its bytes", () => {
  assert.equal(printableName("a\nb\tc"), "a\\u{a}b\\u{9}c");
  assert.equal(printableName(Buffer.from([0x61, 0xff, 0x1b])), "a\\xff\\x1b");
  assert.equal(printableName(Buffer.from("größe")), "größe");
});

test("a name in quotes cannot end them, and nobody has to read all of a long one", () => {
  assert.equal(quoteName('a" is fine\u202e'), String.raw`"a\" is fine\u{202e}"`);
  assert.equal(quoteName(Buffer.from([0x61, 0xff])), String.raw`"a\xff"`);
  assert.equal(quoteName("x".repeat(1000)).length, 302);
});
