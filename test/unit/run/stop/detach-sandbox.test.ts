import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { RunContainer } from "../../../../helpers/run/running/run-record.ts";
import { type DetachHost, endContainer } from "../../../../helpers/run/stop/detach-sandbox.ts";

const web = parseSandboxName("web");
const init = { pid: 20, began: "300" };
const started: RunContainer = { kind: "started", init, controller: null };

/**
 * Returns the steps after a stop. PID 1 dies after `kills` kills, and libvirt forgets the domain at the time `forgets`.
 */
async function detach(
  container: RunContainer | undefined,
  kills: number,
  forgets = Infinity,
): Promise<readonly string[]> {
  const done: string[] = [];
  let [now, left] = [0, kills];
  const host: DetachHost = {
    readContainer: () => container,
    isRunning: () => left > 0,
    kill: () => {
      left--;
      if (done.at(-1) !== "kill") done.push("kill");
    },
    knowsDomain: () => now < forgets,
    extendTimeout: (seconds) => {
      done.push(`extend ${seconds}`);
    },
    forgetDomain: () => {
      done.push("forget");
      return Promise.resolve();
    },
    sleep: (milliseconds) => {
      now += milliseconds;
      return Promise.resolve();
    },
  };
  await endContainer(web, host);
  return done;
}

test("after a healthy stop there is nothing to do", async () => {
  assert.deepEqual(await detach(started, 0, 0), []);
  assert.deepEqual(await detach(undefined, 0, 0), []);
});

test("PID 1 that outlived its controller is killed, and libvirt has time to see it", async () => {
  assert.deepEqual(await detach(started, 3, 100), ["kill", "extend 60"]);
});

test("a domain that libvirt keeps is forgotten", async () => {
  assert.deepEqual(await detach(undefined, 0), ["extend 60", "forget"]);
});

test("after a launch that was killed, libvirt may still create the container", async () => {
  assert.deepEqual(await detach({ kind: "asked" }, 0, 0), ["extend 60", "forget"]);
});

test("a PID 1 that cannot be killed is an error that says what it may wait for", async () => {
  await assert.rejects(detach(started, Infinity, 0), /process 20, the first process of web, cannot be killed/);
});
