import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { heedsChildren, tellController } from "../../../helpers/run/tell-controller.ts";

const stat = (caught: number, name = "libvirt_lxc"): string =>
  `5 (${name}) S ${Array.from({ length: 30 }, (_, index) => index).join(" ")} ${caught} 0 0\n`;
const [deaf, heeding] = [stat(0xffff), stat(0x10000)];

/** Returns how long it slept and which processes it told. The process shows these texts, one after the other. */
async function telling(texts: readonly (string | undefined)[]): Promise<{ slept: number; told: number[] }> {
  const told: number[] = [];
  let [looks, slept] = [0, 0];
  await tellController(5, {
    readStat: () => texts[Math.min(looks++, texts.length - 1)],
    tell: (pid) => told.push(pid),
    sleep: (milliseconds) => Promise.resolve((slept += milliseconds)),
  });
  return { slept, told };
}

test("a controller is told as soon as it heeds it", async () => {
  assert.deepEqual(await telling([heeding]), { slept: 0, told: [5] });
  assert.deepEqual(await telling([deaf, deaf, heeding]), { slept: 4, told: [5] });
});

test("one that ends is told nothing, and one that never heeds it is given up after some seconds", async () => {
  assert.deepEqual(await telling([undefined]), { slept: 0, told: [] });
  assert.deepEqual(await telling([deaf, undefined]), { slept: 2, told: [] });
  const { slept, told } = await telling([deaf]);
  assert.ok(slept >= 5000 && slept < 6000, String(slept));
  assert.deepEqual(told, []);
});

test("the name of a process does not count, and this process heeds no children until it has a handler", () => {
  assert.equal(heedsChildren(stat(0x10000, "a) S 1 (b\n")), true);
  assert.equal(heedsChildren(stat(0, ") 65536")), false);
  assert.equal(heedsChildren(""), false);
  process.on("SIGCHLD", () => undefined);
  assert.equal(heedsChildren(readFileSync("/proc/self/stat", "utf8")), true);
});
