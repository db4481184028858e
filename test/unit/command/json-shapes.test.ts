import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { allVerbs } from "../../../helpers/command/all-verbs.ts";
import type { Subject } from "../../../helpers/command/audit/advise.ts";
import { groupDenials, ofSandbox } from "../../../helpers/command/audit/describe-denial.ts";
import { parseAudit } from "../../../helpers/command/audit/parse-audit.ts";
import { listOptions } from "../../../helpers/command/verb.ts";
import { describeGroup } from "../../../helpers/command/verbs/audit.ts";
import { findMistakes, readShapes, type Shape } from "../../json-shapes.ts";

const shapeOf = (verb: string, shapes = readShapes()): Shape => {
  const shape = shapes.get(verb);
  assert.ok(shape);
  return shape;
};

test("the page describes the JSON of every verb that has it, and of no other", () => {
  const verbs = allVerbs.filter((verb) => listOptions(verb).some(({ spelled }) => spelled === "--json"));
  const described = [...readShapes().keys()].filter((title) => !title.includes(" --"));
  assert.deepEqual(described.sort(), verbs.map(({ name }) => name).sort());
});

test("real denials are told as the page says", () => {
  const subject: Subject = {
    ...{ name: "web1", level: "s0:c325,c579", idBase: 750780416, fileType: "sandboxcontainer_file_t" },
    ...{ mounts: [], others: new Map() },
  };
  const log = readFileSync(join(import.meta.dirname, "audit/fixtures/denials.log"), "utf8");
  const groups = groupDenials(ofSandbox(parseAudit(log), subject.name, subject.level)).map((group) =>
    describeGroup(group, subject),
  );
  assert.ok(groups.length > 0);
  assert.deepEqual(findMistakes(shapeOf("audit"), JSON.stringify(groups)), []);
});

test("a key too many, too few, of another type or another word is a mistake", () => {
  const rows = [
    "| `name` | string | |",
    "| `size` | number or null | |",
    "| `verdict` | `ok`, `failed` | |",
    "| `parts` | object[] | |",
    "| `parts[].word?` | string | |",
  ];
  const shape = shapeOf("try", readShapes(`## try\n\nAn object.\n\n${rows.join("\n")}\n`));
  const right = { name: "a", size: null, verdict: "ok", parts: [{ word: "b" }, {}] };
  const mistakes = (more: object): readonly string[] => findMistakes(shape, JSON.stringify({ ...right, ...more }));
  assert.deepEqual(mistakes({}), []);
  assert.deepEqual(mistakes({ name: undefined }), ["name is missing"]);
  assert.deepEqual(mistakes({ more: 1 }), ["more is not described"]);
  assert.deepEqual(mistakes({ size: "1" }), ['size is "1", not number']);
  assert.deepEqual(mistakes({ name: null }), ["name is null, not string"]);
  assert.deepEqual(mistakes({ verdict: "maybe" }), ['verdict is "maybe", not ok, failed']);
  assert.deepEqual(mistakes({ parts: [{ other: 1 }] }), ["parts[].other is not described"]);
  assert.deepEqual(findMistakes(shape, "[]"), ["it is not an object"]);
});
