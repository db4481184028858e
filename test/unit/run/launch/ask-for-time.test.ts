import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { waitLonger } from "../../../../helpers/run/launch/with-time.ts";

/** Returns what systemd is told during a start that ends at once, or only after systemd was told something. */
async function listen(pace: "quick" | "slow", unitSeconds: number, own = "5min"): Promise<readonly string[]> {
  const told: string[] = [];
  const { promise: hasTold, resolve: tell } = Promise.withResolvers<string>();
  const host = {
    readOwnTimeout: () => Promise.resolve(own),
    notify: (...assignments: readonly string[]) => {
      told.push(...assignments);
      tell("ready");
    },
  };
  const outcome = pace === "quick" ? Promise.resolve("ready") : hasTold;
  assert.equal(await waitLonger(parseSandboxName("web"), unitSeconds, outcome, { timeout: 10, host }), "ready");
  await sleep(20);
  return told;
}

const status = "STATUS=The service inside is still starting";

test("a quick start tells nothing", async () => {
  assert.deepEqual(await listen("quick", 900), []);
});

test("a slow start says so, and gets the time that its unit may take", async () => {
  assert.deepEqual(await listen("slow", 900), [status, "EXTEND_TIMEOUT_USEC=900000000"]);
});

test("a unit that may take less than a sandbox gets no more time", async () => {
  assert.deepEqual(await listen("slow", 90), [status]);
});

test("TimeoutStartSec= of the conf wins", async () => {
  assert.deepEqual(await listen("slow", 900, "10min"), [status]);
});
