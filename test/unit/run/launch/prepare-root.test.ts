import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { prepareRoot } from "../../../../helpers/run/launch/prepare-root.ts";

/** What a start does that makes a root, with this TimeoutStartSec=. */
async function listen(timeout: string, making = Promise.resolve()): Promise<readonly string[]> {
  const done: string[] = [];
  await prepareRoot(parseSandboxName("web"), {
    host: {
      readOwnTimeout: () => Promise.resolve(`${timeout}\n`),
      extendTimeout: (seconds) => {
        done.push(`extend ${seconds}`);
        return Promise.resolve();
      },
      runUnit: async (unit) => {
        done.push(unit);
        await making;
        done.push("made");
      },
    },
  });
  return done;
}

const around = (seconds: number): readonly string[] => [
  ...[`extend ${seconds}`, "sandbox-root@web.service", "made", `extend ${seconds}`],
];

test("a start that makes a root asks for time, and then for its own", async () => {
  assert.deepEqual(await listen("5min"), around(300));
});

test("it asks again while the root is made", async (context) => {
  context.mock.timers.enable({ apis: ["setInterval"] });
  const making = Promise.withResolvers<undefined>();
  const listening = listen(
    "5min",
    making.promise.then(() => undefined),
  );
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  context.mock.timers.tick(100_000);
  making.resolve(undefined);
  assert.equal((await listening).filter((each) => each === "extend 300").length, 3);
});

// It was five minutes, whatever the conf said.
test("TimeoutStartSec= of the conf wins, but for the least that can be asked for", async () => {
  assert.deepEqual(await listen("1min 30s"), around(90));
  assert.deepEqual(await listen("5s"), around(15));
  assert.deepEqual(await listen("infinity"), around(300));
});
