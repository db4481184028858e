import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { makeLook } from "../../../../helpers/run/launch/end-orphan.ts";

/** Looks at a host as often as there are scenes; returns the killed processes. */
function look(
  ...scenes: readonly { readonly file?: number; readonly runs?: boolean; readonly claim?: readonly number[] }[]
): readonly number[] {
  const killed: number[] = [];
  let index = 0;
  const scene = () => scenes[index] ?? {};
  const act = makeLook(parseSandboxName("web"), {
    readControllerPid: () => scene().file,
    isRunning: () => scene().runs ?? false,
    listControllerPids: () => scene().claim ?? [],
    kill: (pid) => killed.push(pid),
  });
  for (; index < scenes.length; index++) act();
  return killed;
}

test("a child whose controller was killed is ended", () => {
  const orphan = { file: 10, claim: [11] };
  assert.deepEqual(look(orphan, orphan), [11]);
});

test("a controller that has not written its number yet is left alone", () => {
  assert.deepEqual(look({ file: 10, claim: [20] }, { file: 20, runs: true, claim: [20, 21] }), []);
  assert.deepEqual(look({ file: 10, claim: [20] }, { file: 10, claim: [21] }), []);
});

test("a controller that runs keeps its child", () => {
  const healthy = { file: 10, runs: true, claim: [10, 11] };
  assert.deepEqual(look(healthy, healthy, healthy), []);
});

test("before there is a controller nothing is looked for", () => {
  assert.deepEqual(look({ claim: [5] }, { claim: [5] }), []);
});
