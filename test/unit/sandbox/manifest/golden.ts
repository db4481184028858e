import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";

/** Compares with a file under golden/. With UPDATE_GOLDEN=1 it writes the file instead, for review. */
export function assertGolden(name: string, actual: string): void {
  const path = new URL(`golden/${name}`, import.meta.url);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(path, actual);
  assert.equal(actual, readFileSync(path, "utf8"));
}
