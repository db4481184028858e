import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { prepareRoot } from "../../../../helpers/run/launch/prepare-root.ts";

test("a start that makes a root asks for time until the root is made, and then for its own", async () => {
  const done: string[] = [];
  const extended = Promise.withResolvers<undefined>();
  await prepareRoot(parseSandboxName("web"), {
    again: 1,
    host: {
      extendTimeout: (seconds) => {
        done.push(`extend ${seconds}`);
        if (done.length > 3) extended.resolve(undefined);
        return Promise.resolve();
      },
      runUnit: async (unit) => {
        done.push(unit);
        await extended.promise;
        done.push("made");
      },
    },
  });
  assert.deepEqual(done.slice(0, 2), ["extend 300", "sandbox-root@web.service"]);
  assert.deepEqual(done.slice(done.indexOf("made")), ["made", "extend 300"]);
});
