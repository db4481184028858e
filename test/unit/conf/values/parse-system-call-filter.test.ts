import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSystemCallFilter } from "../../../../conf/values/kinds.ts";

test("calls and groups are allowed, or denied behind a ~, which may stand alone", () => {
  assert.deepEqual(parseSystemCallFilter("bpf  @keyring"), { denies: false, words: ["bpf", "@keyring"] });
  for (const text of ["~@mount", "~ @mount "]) {
    assert.deepEqual(parseSystemCallFilter(text), { denies: true, words: ["@mount"] });
  }
});

test("without a call, or with what is none, it is refused", () => {
  for (const text of ["", " ", "~", "~ ", "@", "bpf ~mount", "bpf,mount", "-bpf", "BPF"])
    assert.throws(() => parseSystemCallFilter(text), { name: "ValueError" }, text);
});
