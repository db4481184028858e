import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeWay } from "../../../../helpers/run/guard/guard-folders.ts";

const root = (mode: number) => ({ owner: 0, mode: 0o40000 | mode });
const user = (mode: number) => ({ owner: 1000, mode: 0o40000 | mode });

test("a folder that anybody can come to, and only root can move, is neither closed nor loose", () => {
  assert.deepEqual(judgeWay([root(0o755), root(0o711)]), { isClosed: false, looseLevel: undefined });
  assert.deepEqual(judgeWay([]), { isClosed: false, looseLevel: undefined });
});

test("one folder of root's on the way that nobody else may pass closes it", () => {
  assert.equal(judgeWay([root(0o755), root(0o700), root(0o755)]).isClosed, true);
  assert.equal(judgeWay([root(0o744)]).isClosed, true);
  // Either the group may pass, or an ACL allows somebody to pass.
  assert.equal(judgeWay([root(0o710)]).isClosed, false);
});

test("a folder of a user's closes nothing: its owner may open it", () => {
  assert.deepEqual(judgeWay([user(0o700)]), { isClosed: false, looseLevel: 1 });
});

test("the topmost folder where others can move things is named", () => {
  assert.equal(judgeWay([root(0o1777), root(0o755), user(0o755), root(0o755)]).looseLevel, 3);
  assert.equal(judgeWay([root(0o775), root(0o755)]).looseLevel, 1);
  assert.equal(judgeWay([root(0o755), root(0o757)]).looseLevel, 2);
});
