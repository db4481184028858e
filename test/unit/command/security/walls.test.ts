import assert from "node:assert/strict";
import test from "node:test";
import { listWalls } from "../../../../helpers/command/security/walls.ts";

const names = (...[more]: Partial<Parameters<typeof listWalls>>) =>
  listWalls({
    UserNamespace: true,
    Network: { kind: "none" },
    Label: { kind: "dynamic", context: undefined },
    ...more,
  }).map(({ name }) => name);

test("a wall that the conf takes away is not counted", () => {
  assert.equal(names().length, 6);
  const open = { UserNamespace: false, Network: { kind: "host" }, Label: { kind: "none" } } as const;
  assert.deepEqual(names(open), names().slice(0, 3));
});
