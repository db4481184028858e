// The last of its folder: a probe that gets through may leave the machine in no state to test anything else.
import { test } from "node:test";
import { assertBlocked, escapes, tryProbes } from "../probes.ts";

test("root in a sandbox of either kind does not escape", async () => {
  const verdicts = await tryProbes("default", "--brief");
  for (const name of ["default-unit", "default-exec"]) assertBlocked(verdicts, name, escapes);
});
