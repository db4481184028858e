// This must be the last test of its folder. A probe that gets through may leave the machine unfit for any other test.
import { test } from "node:test";
import { assertBlocked, escapes, tryProbes } from "../probes.ts";

test("root in a sandbox of either kind does not escape", async () => {
  const verdicts = await tryProbes("apparmor", "default", "--brief");
  for (const name of ["default-unit", "default-exec"]) assertBlocked(verdicts, name, escapes);
});
