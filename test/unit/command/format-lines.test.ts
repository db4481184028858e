import assert from "node:assert/strict";
import { test } from "node:test";
import { formatLines, parseColumns } from "../../../helpers/command/columns.ts";

const header = ["NAME", "STATE"];
const table = {
  header,
  rows: [
    ["web1", "active"],
    ["web2", "failed"],
  ],
};

test("a format has columns by name, with or without a dot, and escapes", () => {
  assert.equal(formatLines(table, String.raw`{{NAME}}\t{{ .State }}!`), "web1\tactive!\nweb2\tfailed!\n");
  assert.equal(formatLines(table, "x"), "x\nx\n");
});

test("columns are named in any case", () => {
  assert.deepEqual(parseColumns("state, Name", header), ["STATE", "NAME"]);
});

test("a column that there is not is told, with those that there are", () => {
  for (const act of [() => parseColumns("nmae", header), () => formatLines(table, "{{Nmae}}")])
    assert.throws(act, {
      message: /^--(columns|format): there is no column `/,
      hint: "Did you mean NAME? There are NAME, STATE",
    });
});
