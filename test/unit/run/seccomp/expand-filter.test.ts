import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSystemCallFilter } from "../../../../conf/values/kinds.ts";
import { expandFilter, parseGroup } from "../../../../helpers/run/seccomp/expand-filter.ts";

const groups: Readonly<Record<string, readonly string[]>> = {
  "@file": ["open", "@stat"],
  "@stat": ["stat", "statx"],
  "@known": ["open", "@keyring", "keyctl"],
  "@keyring": ["add_key", "keyctl"],
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

test("only their own group and name bring the calls for keys, and every group denies them", async () => {
  const lines = ["@known", "@known @keyring", "keyctl", "~@known"].map(parseSystemCallFilter);
  assert.deepEqual(
    (await expandFilter(lines, readGroup)).map(({ calls }) => calls),
    [["open"], ["open", "add_key", "keyctl"], ["keyctl"], ["open", "add_key", "keyctl", "keyctl"]],
  );
});

test("a call that does not exist is refused, with the nearest that does", async () => {
  await assert.rejects(expandFilter([parseSystemCallFilter("userfaultd")], readGroup), {
    message: "SystemCallFilter=: userfaultd is not a system call; the nearest is userfaultfd",
  });
});

test("what systemd prints of a group is its calls, without the comment", () => {
  const text = "@keyring\n    # Kernel keyring access\n    add_key\n    @other\n";
  assert.deepEqual(parseGroup(text), ["add_key", "@other"]);
});
