import assert from "node:assert/strict";
import { test } from "node:test";
import { fitColumns, leaveOut, selectColumns, shorten } from "../../../helpers/command/columns.ts";

const table = {
  header: ["NAME", "LEVEL", "SINCE", "DENIED", "RUNS"],
  rows: [["web1", "c1,c2", "2026-12-01 10:00:00", "3", `/usr/bin/long ${"x".repeat(40)}`]],
};
const steps = [
  leaveOut("DENIED", (cell) => Number(cell) > 0),
  leaveOut("LEVEL"),
  shorten("SINCE", (cell) => cell.slice(11)),
  leaveOut("SINCE"),
];
const fit = (width: number) => fitColumns(table, width, steps);
const widthOf = ({ header, rows: [row = []] }: ReturnType<typeof fit>): number =>
  row.map((cell, index) => Math.max(cell.length, header[index]?.length ?? 0)).join("  ").length > 0
    ? row.reduce((sum, cell, index) => sum + Math.max(cell.length, header[index]?.length ?? 0) + 2, -2)
    : 0;

test("a table that fits stays as it is", () => {
  assert.deepEqual(fit(200), table);
});

test("the last column is cut before another is left out, down to what is worth having", () => {
  const cut = fit(70);
  assert.deepEqual(cut.header, table.header);
  assert.match(cut.rows[0]?.at(-1) ?? "", /^\/usr\/bin\/long x+…$/);
  assert.equal(widthOf(cut), 70);
});

test("columns go in the order of the steps, and one that tells something stays", () => {
  assert.deepEqual(fit(55).header, ["NAME", "SINCE", "DENIED", "RUNS"]);
  assert.equal(fit(45).rows[0]?.[1], "10:00:00");
  assert.deepEqual(fit(30).header, ["NAME", "DENIED", "RUNS"]);
  for (const width of [30, 45, 55, 80]) assert.ok(widthOf(fit(width)) <= width, String(width));
});

test("what cannot be made narrower stays readable", () => {
  assert.deepEqual(fit(5).rows[0], ["web1", "3", "/us…"]);
});

test("columns are chosen in any order", () => {
  assert.deepEqual(selectColumns(table, ["DENIED", "NAME"]), { header: ["DENIED", "NAME"], rows: [["3", "web1"]] });
});
