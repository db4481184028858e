import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { buildProgram } from "../../../helpers/command/program.ts";
import { listVerbs } from "../../../helpers/command/completion/list-verbs.ts";

const page = readFileSync(join(import.meta.dirname, "../../../man/sandboxcontainer.1"), "utf8");
const verbs = listVerbs(buildProgram());
const described = page
  .split("\n")
  .filter((line) => line.startsWith(".It Ic "))
  .flatMap((line) =>
    line
      .replace(/ (?:Ar|Oo|Op|Fl) .*/, "")
      .slice(".It Ic ".length)
      .split(" , "),
  );

test("the manual describes every verb, and no other", () => {
  assert.deepEqual([...described].sort(), verbs.map(({ name }) => name).sort());
});

test("the manual describes every option of every verb", () => {
  const known = new Set([...page.matchAll(/Fl -([a-z-]+)/g)].map(([, name]) => `--${name}`));
  const missing = verbs.flatMap(({ name, flags }) =>
    flags.flatMap(({ names: [long = ""] }) => (known.has(long) ? [] : [`${name} ${long}`])),
  );
  assert.deepEqual(missing, []);
});
