import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { parseEnding } from "../../../../helpers/run/ending.ts";
import { type FinishHost, finishStop } from "../../../../helpers/run/stop/finish-stop.ts";

const web = parseSandboxName("web");

/** Returns the steps at the end of a stop; `change` replaces some of them. */
async function finish(
  change: Partial<FinishHost> = {},
  invocation: string | null = "1a2b",
): Promise<readonly string[]> {
  const done: string[] = [];
  const host: FinishHost = {
    readEnding: () => undefined,
    isConsoleCopied: () => true,
    showsImage: () => false,
    takeDown: () => Promise.resolve(done.push("take down")),
    isLeft: () => false,
    sayTakenDown: (name, text) => done.push(`say ${text} of ${name}`),
    ...change,
  };
  await finishStop(web, invocation ?? undefined, host);
  return done;
}

test("a stop takes all down, and says for which invocation", async () => {
  const all = ["take down", "say 1a2b of web"];
  assert.deepEqual(await finish(), all);
  for (const text of ["ended exited 0", "ended killed 15"])
    assert.deepEqual(await finish({ readEnding: () => parseEnding(text) }), all, text);
});

test("how a service failed is left for detach, which ends like it", async () => {
  // SIGHUP is clean for systemd, but waiting clients of such a sandbox are refused.
  for (const text of ["ended exited 3", "ended killed 11", "ended killed 1"])
    assert.deepEqual(await finish({ readEnding: () => parseEnding(text) }), [], text);
});

test("while it may still be said how the service ended, nothing is taken down", async () => {
  assert.deepEqual(await finish({ isConsoleCopied: () => false }), []);
});

test("what may take long is left for detach, which has time of its own", async () => {
  assert.deepEqual(await finish({ showsImage: () => true }), []);
});

test("nothing is said if something is left, or went wrong, so that detach tries again", async () => {
  assert.deepEqual(await finish({ isLeft: () => true }), ["take down"]);
  assert.deepEqual(await finish({ takeDown: () => Promise.reject(new Error("busy")) }), []);
});

test("without systemd there is nobody to tell", async () => {
  assert.deepEqual(await finish({}, null), []);
});
