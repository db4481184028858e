import assert from "node:assert/strict";
import { test } from "node:test";
import { splitWords } from "../../../../../generator/conf/values/split-words.ts";

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
