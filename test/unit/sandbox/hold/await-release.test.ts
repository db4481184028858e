import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { awaitRelease } = await import("../../../../helpers/sandbox/hold/await-release.ts");
const { runQuick } = await import("../../../../helpers/host/process/run-quick.ts");

const name = parseSandboxName("web1");
const held = join(top, "run/sandboxcontainer/.held-web1");

beforeEach(() => {
  mkdirSync(dirname(held), { recursive: true });
  writeFileSync(held, "sandboxcontainer export web1 - (process 5)\n");
});

after(() => {
  rmSync(top, { recursive: true });
});

/** Returns the messages, and the options of each run of flock. `statuses` are its results, one after the other. */
async function waiting(
  statuses: readonly number[],
  startsAfter = 0,
): Promise<{ told: string[]; locks: string[]; error: unknown }> {
  const [told, locks]: [string[], string[]] = [[], []];
  const error = await awaitRelease(name, {
    lock: (_, ...options) => {
      locks.push(options.join(" "));
      return Promise.resolve({ status: statuses[locks.length - 1] ?? 0, output: "no locks" });
    },
    isStartWaiting: () => Promise.resolve(locks.length > startsAfter),
    tell: (_, text) => Promise.resolve(told.push(text)),
  }).catch((reason: unknown) => reason);
  return { told, locks, error };
}

test("a sandbox that nobody holds is not waited for", async () => {
  assert.deepEqual(await waiting([0]), { told: [], locks: ["--nonblock"], error: undefined });
  rmSync(held);
  assert.deepEqual(await waiting([]), { told: [], locks: [], error: undefined });
});

test("who holds it is told, and waited for", async () => {
  assert.deepEqual(await waiting([1, 0]), {
    told: [
      "web1 is held by `sandboxcontainer export web1 - (process 5)`: the start waits until that command has ended",
    ],
    locks: ["--nonblock", ""],
    error: undefined,
  });
});

test("while nobody wants to start it, nothing is told", async () => {
  assert.deepEqual(await waiting([1, 1, 1, 0], 9), {
    told: [],
    locks: ["--nonblock", "--timeout 1", "--timeout 2", "--timeout 3"],
    error: undefined,
  });
  const late = await waiting([1, 1, 1, 0], 2);
  assert.equal(late.told.length, 1);
  assert.deepEqual(late.locks, ["--nonblock", "--timeout 1", "--timeout 2", ""]);
});

test("a start by the holder itself is not told", async () => {
  writeFileSync(held, "sandboxcontainer upgrade --restart web1 (process 5)\nstarts it again\n");
  assert.deepEqual(await waiting([0]), { told: [], locks: [""], error: undefined });
});

test("a lock that cannot be had at all is an error", async () => {
  const { error } = await waiting([1, 66]);
  assert.match(String(error), /\.held-web1 cannot be locked: no locks/);
});

test("it ends when the process with the lock has ended, and not before", async () => {
  const holder = spawn("flock", [held, "sh", "-c", "echo locked; exec sleep 60"], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  await once(holder.stdout, "data");
  let [isReleased, hasTold] = [false, false];
  const released = awaitRelease(name, {
    lock: (file, ...options) => runQuick("flock", ["--shared", ...options, "3"], { files: [file] }),
    isStartWaiting: () => Promise.resolve(true),
    tell: () => Promise.resolve((hasTold = true)),
  }).then(() => {
    isReleased = true;
  });
  while (!hasTold) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(isReleased, false);
  process.kill(-(holder.pid ?? 0), "SIGKILL");
  await released;
});
