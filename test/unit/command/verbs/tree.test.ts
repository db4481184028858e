import assert from "node:assert/strict";
import test from "node:test";
import { arrangeTree } from "../../../../helpers/command/verbs/tree.ts";

const process = (pid: number, parent: number) => ({
  ...{ pid, parent, insidePid: pid, user: 0, memoryBytes: 0 },
  command: String(pid),
});

test("every process stands behind its parent, and one that was put in stands alone", () => {
  const processes = [process(1, 900), process(2, 1), process(3, 1), process(4, 2), process(9, 901)];
  const lines = arrangeTree(processes).map(({ process: { command }, branch }) => `${branch}${command}`);
  assert.deepEqual(lines, ["1", "├─2", "│ └─4", "└─3", "9"]);
});
