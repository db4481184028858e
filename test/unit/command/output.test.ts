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
