import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { keepOf } from "../../../conf/check-snapshots.ts";
import { takesSnapshots } from "../../../conf/conf.ts";
import { mergeConf } from "../../../conf/merge-conf.ts";
import { parseConf } from "../../../conf/parse-conf.ts";
import { hashConf } from "../../../conf/conf-hash.ts";
import { confOf, mergeText } from "./conf-of.ts";

const head = "[Sandbox]\nUnit=a.service\n";
const messages = (lines: string): string =>
  mergeText(`${head}[Snapshots]\n${lines}\n`)
    .errors.map(({ message }) => message.replace("/etc/sandboxcontainer/web.conf", ""))
    .join();

test("a time is enough, and seven stay", () => {
  const conf = confOf(`${head}[Snapshots]\nOnCalendar=daily\n`);
  assert.ok(takesSnapshots(conf));
  assert.deepEqual(keepOf(conf), { kind: "count", count: 7 });
  assert.ok(!takesSnapshots(confOf(head)));
});

test("times add up, an empty one forgets them, and an empty Keep= is the default", () => {
  const conf = confOf(`${head}[Snapshots]\nOnCalendar=daily\nOnCalendar=12:00\nKeep=\n`);
  assert.deepEqual(
    conf.snapshots.map(({ value }) => value),
    ["daily", "12:00"],
  );
  assert.equal(messages("OnCalendar=daily\nOnCalendar="), "");
});

test("a section that says no time is told where it begins, unless the time is misspelt", () => {
  assert.equal(messages("Keep=3"), ":4: [Snapshots] does not say when one is made");
  assert.equal(messages("OnCalender=daily\nKeep=3"), ":4: OnCalender= is not a key of [Snapshots]");
});

test("a Keep= that is nonsense is told with its line", () => {
  assert.match(messages("OnCalendar=daily\nKeep=seven"), /^:5: Keep=seven: expected a count such as 7/);
  assert.throws(() => keepOf({ snapshots: [{ key: "Keep", value: "0", path: "", line: 1 }] }), /would keep none/);
});

test("a default of the host may say both, a sandbox may turn it off, and Keep= alone is a default for others", () => {
  const merge = (defaults: string, own: string) =>
    mergeConf(
      parseSandboxName("web"),
      "web.conf",
      [parseConf(`[Snapshots]\n${defaults}\n`, "defaults.conf"), parseConf(`${head}${own}`, "web.conf")],
      new Set(["defaults.conf"]),
    );
  assert.deepEqual(merge("OnCalendar=daily\nKeep=3", "").errors, []);
  assert.ok(takesSnapshots(merge("OnCalendar=daily\nKeep=3", "").conf));
  const off = merge("OnCalendar=daily\nKeep=3", "[Snapshots]\nOnCalendar=\n");
  assert.deepEqual([off.errors, takesSnapshots(off.conf)], [[], false]);
  const keeping = merge("Keep=3", "");
  assert.deepEqual([keeping.errors, takesSnapshots(keeping.conf)], [[], false]);
});

test("what runs does not depend on it, so a change of it restarts nothing", () => {
  assert.equal(hashConf(confOf(head)), hashConf(confOf(`${head}[Snapshots]\nOnCalendar=daily\nKeep=3\n`)));
});
