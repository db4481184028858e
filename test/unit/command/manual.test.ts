import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { allVerbs } from "../../../helpers/command/all-verbs.ts";
import { listOptions } from "../../../helpers/command/verb.ts";

const page = readFileSync(join(import.meta.dirname, "../../../man/sandboxcontainer.1"), "utf8");
test("the manual describes every option of every verb", () => {
  const known = new Set([...page.matchAll(/Fl -([a-z-]+)/g)].map(([, name]) => `--${name}`));
  const missing = allVerbs.flatMap((verb) =>
    listOptions(verb).flatMap(({ names: [long = ""] }) => (known.has(long) ? [] : [`${verb.name} ${long}`])),
  );
  assert.deepEqual(missing, []);
});
