import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { snapshotKeys } from "../../../conf/keys/snapshot-keys.ts";
import { settingNames, settings } from "../../../conf/settings.ts";

const page = readFileSync(join(import.meta.dirname, "../../../man/sandboxcontainer.conf.5"), "utf8");
const sections = new Map(page.split(/^\.Sh \[/m).map((part) => [part.split("]", 1)[0], part]));

/** What the manual says of each setting, by section and name. Some settings share a paragraph. */
const described = new Map(
  [...sections].flatMap(([section = "", part]) =>
    part
      .split(/^\.It /m)
      .slice(1)
      .flatMap((text) =>
        [...(text.split("\n", 1)[0] ?? "").matchAll(/(\w+)=/g)].map(([, name]) => [`${section} ${name}`, text]),
      ),
  ),
);
const keyOf = (name: (typeof settingNames)[number]): string => `${settings[name].section.toUpperCase()} ${name}`;

test("the manual has every setting, in its section and in the order of the table", () => {
  const ofSnapshots = [...snapshotKeys.keys()].map((key) => `SNAPSHOTS ${key}`);
  assert.deepEqual([...described.keys()], [...settingNames.map(keyOf), ...ofSnapshots]);
});

test("the manual says which settings may repeat", () => {
  for (const name of settingNames) {
    const text = described.get(keyOf(name)) ?? "";
    assert.equal(/^(May repeat|One for IPv4, one|A subnet .*; one for IPv4)/m.test(text), settings[name].repeats, name);
  }
});

test("the manual says the default of a choice, and all its words", () => {
  for (const name of settingNames) {
    const { words, ...setting } = settings[name];
    const text = described.get(keyOf(name)) ?? "";
    for (const word of setting.takes === "yes-no" ? [] : words)
      assert.ok(text.includes(`.Ql ${word}`), `${name}= ${word}`);
    if (!setting.repeats && typeof setting.default === "boolean")
      assert.match(text, setting.default ? /^Default: yes\./m : /^Default: no\./m, name);
  }
});
