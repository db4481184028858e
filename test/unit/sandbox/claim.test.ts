import assert from "node:assert/strict";
import test from "node:test";
import { claim, claimWanted } from "../../../helpers/sandbox/claim.ts";

test("who sees another holder after writing chooses again", async () => {
  const [choices, written] = [[1, 2, 3], [] as number[]];
  const choose = () => choices.shift() ?? assert.fail();
  const write = (chosen: number) => void written.push(chosen);
  assert.equal(await claim({ choose, write, isTaken: (chosen) => chosen < 3 }), 3);
  assert.deepEqual(written, [1, 2, 3]);
});

test("what is wanted is looked at after writing too: HostIds= and Level= gave two sandboxes the same", async () => {
  const events: string[] = [];
  const look = (answer: boolean) => ({
    write: (wanted: number) => void events.push(`writes ${wanted}`),
    isTaken: () => {
      events.push("looks");
      return answer;
    },
    giveUp: () => void events.push("gives up"),
  });
  assert.equal(await claimWanted(7, look(true)), false);
  assert.equal(await claimWanted(8, look(false)), true);
  assert.deepEqual(events, ["writes 7", "looks", "gives up", "writes 8", "looks"]);
});
