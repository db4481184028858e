import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";

const source = join(import.meta.dirname, "../../src");
const text = globSync("**/*.{ts,tsx}", { cwd: source })
  .map((file) => readFileSync(join(source, file), "utf8"))
  .join("\n");
const german = JSON.parse(readFileSync(join(source, "translations/de.json"), "utf8")) as Record<string, unknown>;

const find = (pattern: RegExp): readonly string[] => [...text.matchAll(pattern)].map(([, found = ""]) => found);
const single = find(/\b(?:_|fill)\(\s*"((?:[^"\\]|\\.)*)"/g);
const plural = find(/\bcount\(\s*"((?:[^"\\]|\\.)*)"/g);
/** Texts in tables, which are translated when they are shown. */
const shown = find(/(?:title: |: )"((?:[^"\\]|\\.)*)"/g);

test("every text has a German translation", () => {
  assert.ok(single.length > 200);
  assert.deepEqual(
    single.filter((each) => typeof german[each] !== "string"),
    [],
  );
  assert.deepEqual(
    plural.filter((each) => !Array.isArray(german[each]) || german[each].length !== 2),
    [],
  );
});

test("there is no translation of a text that is gone, and each keeps the places of values", () => {
  const used = new Set([...single, ...plural, ...shown]);
  for (const [english, translated] of Object.entries(german)) {
    assert.ok(used.has(english), english);
    for (const each of [translated].flat())
      assert.deepEqual(String(each).match(/\$\d/g)?.toSorted(), english.match(/\$\d/g)?.toSorted(), english);
  }
});
