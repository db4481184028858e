import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { findProcess } from "../../../helpers/host/process-start.ts";
import { isCatchingChildren, tellController } from "../../../helpers/run/tell-controller.ts";

test("whether a process catches SIGCHLD is read from its status", () => {
  assert.equal(isCatchingChildren("SigIgn:\t0000000000001000\nSigCgt:\t0000000000010000\n"), true);
  assert.equal(isCatchingChildren("SigCgt:\t0000000180004a02\n"), false);
  assert.equal(isCatchingChildren(""), undefined);
});

test("a controller is told as soon as it listens", async () => {
  const script = `process.stdin.once("data", () => process.on("SIGCHLD", () => { console.log("told"); process.exit(); }));
    console.log("began");`;
  const child = spawn(process.execPath, ["-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  await once(child.stdout, "data");
  const controller = findProcess(child.pid ?? 0);
  assert.ok(controller !== undefined);
  const told = tellController(controller);
  child.stdin.write("\n");
  const [text] = (await once(child.stdout, "data")) as [Buffer];
  assert.equal(text.toString(), "told\n");
  await told;
});
