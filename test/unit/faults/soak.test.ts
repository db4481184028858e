import assert from "node:assert/strict";
import { test } from "node:test";
import { compareMeasured, readMeasured } from "../../faults/soak/compare.ts";

const before = readMeasured(
  "has\tlibvirtd: open files\t20\nhas\tkeys\t5\nis\tmount /run\nis\tmount /run\nis\tunit a.service\n",
);

test("a host that is as before, or has a little more of what may grow, is right", () => {
  assert.deepEqual(compareMeasured(before, before, 0), []);
  const later = readMeasured(
    "has\tlibvirtd: open files\t21\nhas\tkeys\t4\nis\tunit a.service\nis\tmount /run\nis\tmount /run\n",
  );
  assert.deepEqual(compareMeasured(before, later, 100), []);
});

test("what is left, gone, or grown is named, also if it was there once before", () => {
  const later = readMeasured(
    "has\tlibvirtd: open files\t90\nhas\tkeys\t6\nis\tmount /run\nis\tmount /run\nis\tmount /run\n",
  );
  assert.deepEqual(compareMeasured(before, later, 1), [
    "libvirtd: open files: 20, then 90",
    "keys: 5, then 6",
    "gone: unit a.service",
    "left: mount /run",
  ]);
});

test("a line of a rule counts with its indentation", () => {
  const rules = (first: string): string => `is\trule \tset a {\nis\trule \t\t${first}\n`;
  assert.deepEqual(compareMeasured(readMeasured(rules("type ifname")), readMeasured(rules("elements = { 1 }")), 1), [
    "gone: rule \t\ttype ifname",
    "left: rule \t\telements = { 1 }",
  ]);
});
