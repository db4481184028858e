import assert from "node:assert/strict";
import { test } from "node:test";
import { listMutants } from "../../faults/mutants/mutate.ts";
import { mutatePattern } from "../../faults/mutants/mutate-pattern.ts";

/** The text with each of its mutants. */
const mutated = (text: string): readonly string[] =>
  listMutants(text).map(({ start, end, now }) => text.slice(0, start) + now + text.slice(end));

test("a condition is always true or never, and each side of && alone", () => {
  assert.deepEqual(mutated("if (a) b = c;"), ["if (true) b = c;", "if (false) b = c;"]);
  assert.deepEqual(mutated("if (a && b) c = d;"), ["if (false) c = d;", "if (a) c = d;", "if (b) c = d;"]);
  assert.deepEqual(mutated("x = a < b;"), [";", "x = a <= b;", "x = a >= b;"]);
});

test("statements and elements are left out, and calls that change nothing but their object", () => {
  assert.deepEqual(mutated("f();"), [";"]);
  assert.deepEqual(mutated("const x = a.trim();"), ["const x = a;"]);
  assert.deepEqual(mutated("const x = [...a, f()];"), ["const x = [...[], f()];", "const x = [...a, ...[]];"]);
});

test("types, imports, names, prose and defaults that only types ask for stay", () => {
  for (const text of [
    'import { a } from "b";',
    'type A = "a" | 1;',
    "const a: readonly [1] = b;",
    'const x = { "a-b": c };',
    "const x = `expected ${y} and no more`;",
    'const [x = ""] = y;',
  ])
    assert.deepEqual(mutated(text), [], text);
});

test("a pattern loses its ends, its counts and what its classes mean", () => {
  assert.deepEqual(mutatePattern("/^[a-z]+$/i"), [
    "/[a-z]+$/i",
    "/^[^a-z]+$/i",
    "/^[a-z]*$/i",
    "/^[a-z]$/i",
    "/^[a-z]+/i",
    "/^[a-z]+$/",
  ]);
  assert.deepEqual(mutatePattern("/\\d{1,3}(?!\\.)/"), [
    "/\\D{1,3}(?!\\.)/",
    "/\\d{2,3}(?!\\.)/",
    "/\\d{1,4}(?!\\.)/",
    "/\\d{1,3}(?=\\.)/",
  ]);
});

test("every mutant of a pattern is one", () => {
  for (const pattern of ["/^/", "/(?:a|b)?/", "/[\\]^$+*]/u", "/a{2}/", "/\\p{L}+?/u"]) {
    for (const mutant of mutatePattern(pattern)) {
      const end = mutant.lastIndexOf("/");
      assert.doesNotThrow(() => new RegExp(mutant.slice(1, end), mutant.slice(end + 1)), mutant);
    }
  }
});
