import assert from "node:assert/strict";
import test from "node:test";
import { limitAtOnce } from "../../../base/wait.ts";

test("no more run at once than allowed, also after failures, and all have their turn in order", async () => {
  const limit = limitAtOnce(3);
  const begun: number[] = [];
  let running = 0;
  let most = 0;
  const task = async (index: number): Promise<number> => {
    begun.push(index);
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setTimeout(resolve, 1));
    running -= 1;
    if (index % 4 === 1) throw new Error(`task ${index}`);
    return index;
  };
  const indices = Array.from({ length: 20 }, (_, index) => index);
  const results = await Promise.allSettled(indices.map((index) => limit(() => task(index))));
  assert.equal(most, 3);
  assert.deepEqual(begun, indices);
  assert.deepEqual(
    results.map(({ status }) => status === "fulfilled"),
    indices.map((index) => index % 4 !== 1),
  );
});
