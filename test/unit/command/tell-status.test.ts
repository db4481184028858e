import assert from "node:assert/strict";
import { test } from "node:test";
import { tellStatus } from "../../../helpers/command/tell-status.ts";

test("a person is told systemd's status while the work lasts, and nothing after it", async (t) => {
  t.mock.timers.enable({ apis: ["setInterval"] });
  const texts = ["", "waiting for something"];
  const told: string[] = [];
  const systemd = { readUnit: () => Promise.resolve({ StatusText: texts.shift() ?? "too late" }) };
  const { promise, resolve } = Promise.withResolvers<string>();
  const work = tellStatus(systemd, "sandbox@web.service", (status) => told.push(status), promise);
  t.mock.timers.tick(2000);
  await new Promise(setImmediate);
  resolve("done");
  assert.equal(await work, "done");
  t.mock.timers.tick(5000);
  await new Promise(setImmediate);
  assert.deepEqual(told, ["waiting for something"]);
});
