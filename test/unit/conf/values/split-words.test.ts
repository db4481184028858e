import assert from "node:assert/strict";
import { test } from "node:test";
import { splitWords } from "../../../../conf/values/exec.ts";

test("words are split at blanks, outside of quotes", () => {
  assert.deepEqual(splitWords(`/usr/sbin/nginx  -g 'daemon off;' "a b"`), [
    "/usr/sbin/nginx",
    "-g",
    "daemon off;",
    "a b",
  ]);
});

test("quotes may be empty, and may touch other text", () => {
  assert.deepEqual(splitWords(`'' a"b c"d`), ["", "ab cd"]);
});

test("escapes are those of systemd, in quotes and outside", () => {
  assert.deepEqual(splitWords(String.raw`a\sb "\"\\" '\'' \x41 \n`), ["a b", '"\\', "'", "A", "\n"]);
});

test("every escape of systemd has its character", () => {
  const characters = splitWords(String.raw`\a\b\f\n\r\t\v\s\\\"\'\x7e`)[0];
  assert.equal(characters, "\x07\b\f\n\r\t\v \\\"'~");
});

test("it is said what is open: a quote, or the line", () => {
  assert.throws(() => splitWords("a 'b"), /^ValueError: the quote ' is not closed$/);
  assert.throws(() => splitWords('a "b'), /^ValueError: the quote " is not closed$/);
  assert.throws(() => splitWords("a b\\"), /^ValueError: the line ends in a backslash$/);
});

test("specifiers and variables mean themselves", () => {
  assert.deepEqual(splitWords("100% $HOME ${X} %i"), ["100%", "$HOME", "${X}", "%i"]);
});

for (const wrong of [`'open`, `"open`, "end\\", String.raw`\q`, String.raw`\x00`, String.raw`\x4`]) {
  test(`${wrong} is refused`, () => {
    assert.throws(() => splitWords(wrong), { name: "ValueError" });
  });
}

test("a megabyte of words is split at once", () => {
  assert.equal(splitWords("ab ".repeat(350_000)).length, 350_000);
});
