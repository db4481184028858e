import assert from "node:assert/strict";
import { test } from "node:test";
import { parseExec } from "../../../../conf/values/exec.ts";

test("a command has its text and its words", () => {
  const text = "/usr/bin/sleep 'a b'";
  assert.deepEqual(parseExec(text), { text, words: ["/usr/bin/sleep", "a b"] });
});

for (const wrong of ["", "sleep 1", "-/usr/bin/sleep", "/usr/bin/../sbin/x", "/", "/usr/bin/", "'/usr/bin/x"]) {
  test(`Exec=${wrong} is refused`, () => {
    assert.throws(() => parseExec(wrong), { name: "ValueError" });
  });
}
