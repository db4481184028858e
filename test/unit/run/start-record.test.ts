import assert from "node:assert/strict";
import { test } from "node:test";
import { parseStartRecord, renderStartRecord, type StartRecord } from "../../../helpers/run/start-record.ts";

test("what launch writes down is read again", () => {
  const [init, controller] = [
    { pid: 20, began: "300" },
    { pid: 19, began: "299" },
  ];
  const records: readonly Exclude<StartRecord, { kind: "none" }>[] = [
    { kind: "asked" },
    { kind: "gone" },
    { kind: "started", init, controller },
    { kind: "started", init, controller: undefined },
  ];
  for (const record of records) assert.deepEqual(parseStartRecord(renderStartRecord(record)), record);
});

test("a text that nobody of us wrote names no process", () => {
  for (const text of ["1", "1/../2 5", "-1 5", "20 300 19", "20 300 19 299 1", "init 300"])
    assert.deepEqual(parseStartRecord(text), { kind: "gone" }, text);
});
