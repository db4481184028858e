import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { make } = useSandboxes(bed);

test("a flood of lines on the console costs the host little, and a stop is not delayed by it", async (t) => {
  await make(t, "flood", "--start", "--", "/usr/bin/yes");
  const copier = await bed.run("cat", "/run/sandboxcontainer/flood/console");
  const used = async (): Promise<number> => {
    const [user = 0, system = 0] = (await bed.run("cut", "-d ", "-f14,15", `/proc/${copier}/stat`))
      .split(" ")
      .map(Number);
    return user + system;
  };
  await sleep(2000);
  const before = await used();
  await sleep(4000);
  // Hundredths of a second. Before, it was what journald left of a processor.
  assert.ok((await used()) - before < 40);
  const began = performance.now();
  await bed.run("sandboxcontainer", "stop", "flood");
  assert.ok(performance.now() - began < 5000);
});
