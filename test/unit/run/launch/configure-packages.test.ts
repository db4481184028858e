import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { configurePackages } from "../../../../helpers/run/launch/configure-packages.ts";

/** Returns the steps, if these packages are left before and after the unit ran. */
async function configure(before: readonly string[], after: readonly string[]): Promise<readonly string[]> {
  const done: string[] = [];
  let hasRun = false;
  await configurePackages(parseSandboxName("web"), {
    readPackages: () => (hasRun ? after : before),
    withTime: (_name, act) => {
      done.push("with time");
      return act();
    },
    runUnit: (unit) => {
      hasRun = true;
      done.push(unit);
      return Promise.resolve();
    },
    warn: (text) => done.push(text),
  });
  return done;
}

test("without packages to configure no unit is started", async () => {
  assert.deepEqual(await configure([], []), []);
});

test("packages are configured in a unit that may take longer than a start", async () => {
  assert.deepEqual(await configure(["tor"], []), ["with time", "sandbox-configure@web.service"]);
});

test("a package that is left is told, and does not keep the sandbox from starting", async () => {
  const [, , warning] = await configure(["tor", "postgresql"], ["tor"]);
  assert.match(warning ?? "", /not configured yet: tor\. See journalctl/);
});
