import assert from "node:assert/strict";
import test from "node:test";
import { formatTable } from "../../../helpers/command/output.ts";

test("a table is aligned, but its last column is not filled up", () => {
  assert.equal(formatTable(["A", "NAME"], [["long", "x"]]), "A     NAME\nlong  x\n");
});

test("a table may have very many rows", () => {
  const rows = Array.from({ length: 300_000 }, () => ["x"]);
  assert.equal(formatTable(["NAME"], rows).length, 5 + 2 * rows.length);
});

test("a cell stays a cell and does nothing to a terminal: the reasons of an imported manifest were printed raw by files", () => {
  assert.equal(formatTable(["BECAUSE"], [["\x1b[31mred\nROW"]]), "BECAUSE\n\\u{1b}[31mred\\u{a}ROW\n");
});
