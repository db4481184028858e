import assert from "node:assert/strict";
import { test } from "node:test";
import { interruptible, type SignalHost } from "../../../helpers/command/interruptible.ts";

/** A process that only notes what happens to it. */
function makeHost(others = 0) {
  const acts = new Map<string, () => void>();
  const said: string[] = [];
  const host: SignalHost = {
    on: (signal, act) => acts.set(signal, act),
    off: (signal) => acts.delete(signal),
    countOthers: () => others,
    die: (signal) => said.push(`dies of ${signal}`),
    say: (text) => said.push(text),
    describeLeft: () => "Sandbox web is incomplete now",
  };
  return { acts, said, host };
}

test("who interrupts learns what is, and the process dies of the signal", async () => {
  const { acts, said, host } = makeHost();
  const work = (): Promise<string> => {
    acts.get("SIGINT")?.();
    return Promise.resolve("done");
  };
  assert.equal(await interruptible("Upgrading web", work, () => "systemd goes on", host), "done");
  assert.deepEqual(said, ["interrupted: Upgrading web. systemd goes on\n", "dies of SIGINT"]);
  assert.equal(acts.size, 0);
});

test("work in other work is one interruption, told by what was asked for", async () => {
  const { acts, said, host } = makeHost(1);
  const inner = (): Promise<void> => {
    acts.get("SIGTERM")?.();
    return Promise.resolve();
  };
  await interruptible(
    "Cloning web",
    () => interruptible("Making the root of new", inner, undefined, host),
    undefined,
    host,
  );
  assert.deepEqual(said, ["interrupted: Cloning web. Sandbox web is incomplete now\n"]);
  assert.equal(acts.size, 0);
});

test("work that fails leaves no handler behind", async () => {
  const { acts, host } = makeHost();
  await assert.rejects(
    interruptible("x", () => Promise.reject(new Error("failed")), undefined, host),
    /failed/,
  );
  assert.equal(acts.size, 0);
});
