import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Bed } from "./bed.ts";
import { deleteAfter as deleteAfterTest } from "./delete-after.ts";

interface Sandboxes {
  /** Deletes these sandboxes after the test, however it ends. */
  readonly deleteAfter: (t: TestContext, ...names: readonly string[]) => void;
  /** Makes a sandbox for one test. The words are what `create` takes after the name. */
  readonly make: (t: TestContext, name: string, ...words: readonly string[]) => Promise<void>;
  /** Makes a sandbox for one test that only sleeps. The options are those of `create`. */
  readonly makeSleeper: (t: TestContext, name: string, ...options: readonly string[]) => Promise<void>;
  /** Requires that no file of a sandbox is left on the host. */
  readonly assertNothingOf: (name: string) => Promise<void>;
}

/** Makes sandboxes in the bed, each for one test. */
export function useSandboxes(bed: Bed): Sandboxes {
  const deleteAfter: Sandboxes["deleteAfter"] = (t, ...names) => {
    deleteAfterTest(t, bed, ...names);
  };
  const make: Sandboxes["make"] = async (t, name, ...words) => {
    deleteAfter(t, name);
    await bed.run("sandboxcontainer", "create", name, ...words);
  };
  return {
    deleteAfter,
    make,
    makeSleeper: (t, name, ...options) => make(t, name, ...options, "--", "/usr/bin/sleep", "infinity"),
    async assertNothingOf(name) {
      const folders = "/etc/sandboxcontainer /var/lib/sandboxcontainer /run/sandboxcontainer /run/systemd/generator";
      assert.equal(await bed.run("sh", "-c", `find ${folders} -xdev -name '*${name}*'; true`), "");
    },
  };
}
