import assert from "node:assert/strict";
import { test } from "node:test";
import { parseUnmet } from "../../../helpers/command/find-causes.ts";

test("what failed is listed, as the conf has it", () => {
  assert.deepEqual(
    parseUnmet(`test.service: AssertPathExists=/a b failed.
Asserts failed.
test.service: ConditionPathExists=!/etc succeeded.
test.service: ConditionPathIsMountPoint=/srv/disk failed.
Conditions failed.
`),
    ["AssertPathExists=/a b", "ConditionPathIsMountPoint=/srv/disk"],
  );
  assert.deepEqual(parseUnmet("Conditions succeeded.\n"), []);
});

test("of triggering ones one has to hold, apart for conditions and assertions", () => {
  const output = `test.service: ConditionPathExists=|/b failed.
test.service: ConditionPathExists=|/a failed.
test.service: AssertPathExists=|/a failed.
test.service: AssertPathExists=|/etc succeeded.
`;
  assert.deepEqual(parseUnmet(output), ["ConditionPathExists=|/b", "ConditionPathExists=|/a"]);
});
