import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Compares a file with what `render` makes of its text: that keeps what is written by hand, and makes the rest from the
 * verbs. With UPDATE_GOLDEN=1, as in `make verbs`, it writes the file instead.
 */
export async function compareDocument(path: string, render: (text: string) => string | Promise<string>): Promise<void> {
  const file = join(import.meta.dirname, "../..", path);
  const text = readFileSync(file, "utf8");
  const made = await render(text);
  if (process.env["UPDATE_GOLDEN"] === "1") writeFileSync(file, made);
  else assert.ok(text === made, `${path} is not what the verbs say: make verbs writes it`);
}
