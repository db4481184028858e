import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { signalChildrenOf } from "../../../helpers/host/signal-children-of.ts";

test("the children of a process get the signal, and not the process", async () => {
  const parent = spawn("sh", ["-c", "sleep 60 & echo $!; wait $!; echo child: $?"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  let said = "";
  parent.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (/^\d+\n$/.test(said)) signalChildrenOf(parent.pid, "SIGTERM");
  });
  assert.deepEqual(await once(parent, "close"), [0, null]);
  assert.match(said, /child: 143/);
});

test("a process without a child gets the signal itself", async () => {
  const alone = spawn("sleep", ["60"], { stdio: "ignore" });
  await once(alone, "spawn");
  signalChildrenOf(alone.pid, "SIGTERM");
  assert.deepEqual(await once(alone, "exit"), [null, "SIGTERM"]);
  signalChildrenOf(alone.pid, "SIGTERM");
});
