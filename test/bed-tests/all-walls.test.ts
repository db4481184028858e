// make test does not run this: in the virtual machine it takes a quarter of an hour.
import { test } from "node:test";
import { assertBlocked, escapes, probes, tryProbes } from "./probes.ts";

test("root in a sandbox of either kind gets through none of the probes", async () => {
  const verdicts = await tryProbes("default");
  for (const name of ["default-unit", "default-exec"]) assertBlocked(verdicts, name, probes);
});

test("nothing escapes without the user namespace", async () => {
  const verdicts = await tryProbes("no-userns", "--brief");
  for (const name of ["no-userns-unit", "no-userns-exec"]) assertBlocked(verdicts, name, escapes);
});

test("nothing escapes without SELinux", async () => {
  const verdicts = await tryProbes("no-label", "--brief");
  for (const name of ["no-label-unit", "no-label-exec"]) assertBlocked(verdicts, name, escapes);
});

test("nothing escapes without the filter of system calls", async () => {
  const verdicts = await tryProbes("no-filter", "--brief");
  for (const name of ["no-filter-unit", "no-filter-exec"]) assertBlocked(verdicts, name, escapes);
});
