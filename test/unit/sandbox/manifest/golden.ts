import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

/** Compares with a file under golden/; UPDATE_GOLDEN=1 writes it instead, to be read in the difference. */
export function assertGolden(name: string, actual: string): void {
  const path = new URL(`golden/${name}`, import.meta.url);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, actual);
  assert.equal(actual, readFileSync(path, "utf8"));
}
