import type { TestContext } from "node:test";
import type { Bed } from "./bed.ts";

/** Deletes sandboxes when the test has ended, however it ends. It may be called before they are made. */
export function deleteAfter(context: TestContext, bed: Bed, ...names: readonly string[]): void {
  context.after(async () => {
    for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
  });
}
