import assert from "node:assert/strict";
import test from "node:test";
import { listEffective } from "../../../../helpers/command/conf/list-settings.ts";
import { confOf } from "../../conf/conf-of.ts";

const lines = (text: string) =>
  listEffective(confOf(text)).map(({ section, key, value, origin }) => `[${section}] ${key}=${value} ${origin}`);

test("what was written is told as written, with its place; what was taken back is not told", () => {
  const conf = "[Sandbox]\nUnit=a.service\nUnit=\nUnit=b.service\n[Resources]\nMemoryMax=1G\n[Service]\nRestartSec=5\n";
  const told = lines(conf).filter((line) => !line.endsWith("default"));
  const place = (line: number): RegExp => new RegExp(`\\.conf:${line}$`);
  assert.deepEqual(
    told.map((line) => line.replace(/ [^ ]*$/, "")),
    ["[Sandbox] Unit=b.service", "[Resources] MemoryMax=1G", "[Service] RestartSec=5"],
  );
  [4, 6, 8].forEach((line, index) => {
    assert.match(told[index] ?? "", place(line));
  });
});

test("choices that nobody made are told as defaults", () => {
  const told = lines("[Sandbox]\nUnit=a.service\n");
  for (const line of ["Network] Network=none", "Network] PublishBy=kernel", "Security] UserNamespace=yes"])
    assert.ok(told.includes(`[${line} default`), line);
});
