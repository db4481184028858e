import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSystemCallFilter } from "../../../../generator/conf/values/parse-system-call-filter.ts";
import { expandFilter, parseGroup } from "../../../../helpers/run/seccomp/expand-filter.ts";

const groups: Readonly<Record<string, readonly string[]>> = {
  "@file": ["open", "@stat"],
  "@stat": ["stat", "statx"],
};
const readGroup = (group: string) =>
  groups[group] === undefined ? Promise.reject(new Error(group)) : Promise.resolve(groups[group]);

test("a value allows or denies calls and groups", () => {
  assert.deepEqual(parseSystemCallFilter("userfaultfd  @keyring"), {
    denies: false,
    words: ["userfaultfd", "@keyring"],
  });
  assert.deepEqual(parseSystemCallFilter("~@mount"), { denies: true, words: ["@mount"] });
  for (const text of ["", "~", "a,b", "~ ~open", "OPEN", "open:EPERM"])
    assert.throws(() => parseSystemCallFilter(text), { name: "ValueError" }, text);
});

test("groups are replaced by their calls, also those in them", async () => {
  const lines = ["~@file", "statx"].map(parseSystemCallFilter);
  assert.deepEqual(await expandFilter(lines, readGroup), [
    { denies: true, calls: ["open", "stat", "statx"] },
    { denies: false, calls: ["statx"] },
  ]);
});

test("a call that does not exist is refused, with the nearest that does", async () => {
  await assert.rejects(expandFilter([parseSystemCallFilter("userfaultd")], readGroup), {
    message: "SystemCallFilter=: userfaultd is no system call; the nearest is userfaultfd",
  });
});

test("what systemd prints of a group is its calls, without the comment", () => {
  const text = "@keyring\n    # Kernel keyring access\n    add_key\n    @other\n";
  assert.deepEqual(parseGroup(text), ["add_key", "@other"]);
});
