import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../base/errors.ts";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { type StopHost, whileStopped } from "../../../helpers/command/while-stopped.ts";
import type { Systemd } from "../../../helpers/host/systemd/systemd.ts";

const name = parseSandboxName("web");

/** A sandbox that stops when a restart begins, and whose job then ends like this. */
function makeHost({ runs = true, ends = "done", stops = true } = {}) {
  const steps: string[] = [];
  let stopped = !runs;
  const job = Promise.withResolvers<string>();
  const systemd = {
    beginJob: (verb: string, unit: string) => {
      steps.push(`${verb} ${unit}`);
      stopped = stops;
      if (!stops) job.resolve("canceled");
      return Promise.resolve({ ended: job.promise });
    },
  } as unknown as Systemd;
  const host: StopHost = {
    isActive: () => Promise.resolve(!stopped),
    areAllStopped: () => Promise.resolve(stopped),
    requireRootAtRest: () => Promise.resolve(),
    withHeld: async (_systemd, _names, act) => {
      steps.push("hold");
      try {
        return await act();
      } finally {
        steps.push("release");
        job.resolve(ends);
      }
    },
    explainFailure: (_systemd, _unit, what) => Promise.resolve(new SandboxError(what)),
    sleep: () => new Promise(setImmediate),
  };
  const restart = (work: () => Promise<() => Promise<string>>) =>
    whileStopped(systemd, name, { verb: "upgrade", restart: true }, work, host);
  return { steps, host, systemd, restart };
}

const work = (steps: string[]) => () => {
  steps.push("begin");
  return Promise.resolve(() => {
    steps.push("finish");
    return Promise.resolve("worked");
  });
};

test("a running sandbox is restarted by one job of systemd, whose second half waits for the work", async () => {
  const { steps, restart } = makeHost();
  assert.deepEqual(await restart(work(steps)), { result: "worked", failure: undefined });
  assert.deepEqual(steps, ["hold", "RestartUnit sandbox@web.service", "begin", "release", "finish"]);
});

test("a stopped sandbox stays stopped, and a running one is refused unless it may be restarted", async () => {
  const stopped = makeHost({ runs: false });
  assert.equal((await stopped.restart(work(stopped.steps))).result, "worked");
  assert.deepEqual(stopped.steps, ["hold", "begin", "release", "finish"]);
  const { steps, systemd, host } = makeHost();
  await assert.rejects(whileStopped(systemd, name, { verb: "revert" }, work(steps), host), /web is running/);
  assert.deepEqual(steps, ["hold", "release"]);
});

test("the result of the work is kept if the sandbox does not start again, and both failures are told", async () => {
  const failing = makeHost({ ends: "failed" });
  const { result, failure } = await failing.restart(work(failing.steps));
  assert.equal(result, "worked");
  assert.equal(failure?.message, "sandbox web does not start");
  const both = makeHost({ ends: "failed" });
  await assert.rejects(
    both.restart(() => Promise.reject(new SandboxError("it broke"))),
    /^SandboxError: it broke\nsandbox web does not start$/,
  );
});

test("a restart that somebody cancels before the sandbox has stopped is told, and nothing is changed", async () => {
  const { steps, restart } = makeHost({ stops: false });
  await assert.rejects(restart(work(steps)), /web does not stop.*\n.*was not started again/);
  assert.ok(!steps.includes("begin"));
});
