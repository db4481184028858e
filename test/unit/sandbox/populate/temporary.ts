import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";

/** Makes a new folder that is removed after the test. */
export function makeTemporary(context: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
  context.after(() => {
    rmSync(path, { recursive: true, force: true });
  });
  return path;
}
