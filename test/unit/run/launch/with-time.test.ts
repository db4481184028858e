import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { withTime } from "../../../../helpers/run/launch/with-time.ts";

/** What systemd is told while something is done, with this TimeoutStartSec=. */
async function listen(timeout: string, doing = Promise.resolve()): Promise<readonly string[]> {
  const told: string[] = [];
  const act = async (): Promise<void> => {
    await doing;
    told.push("done");
  };
  await withTime(parseSandboxName("web"), act, {
    readOwnTimeout: () => Promise.resolve(`${timeout}\n`),
    extendTimeout: (seconds) => {
      told.push(`extend ${seconds}`);
    },
  });
  return told;
}

const around = (seconds: number): readonly string[] => [`extend ${seconds}`, "done", `extend ${seconds}`];

test("what comes before a start gets time, and then the start its own", async () => {
  assert.deepEqual(await listen("5min"), around(300));
});

test("it asks again while that takes long", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const doing = Promise.withResolvers<undefined>();
  const listening = listen(
    "5min",
    doing.promise.then(() => undefined),
  );
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  context.mock.timers.tick(100_000);
  doing.resolve(undefined);
  assert.equal((await listening).filter((each) => each === "extend 300").length, 3);
});

// It was five minutes, and sixteen if packages made their data, whatever the conf said.
test("TimeoutStartSec= of the conf wins, but for the least that can be asked for", async () => {
  assert.deepEqual(await listen("1min 30s"), around(90));
  assert.deepEqual(await listen("5s"), around(15));
  assert.deepEqual(await listen("infinity"), around(300));
});
