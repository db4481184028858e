import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { useBed } from "../bed.ts";

const call = promisify(execFile);
const isolation = join(import.meta.dirname, "../../isolation");
const bed = useBed("native");
const kinds = { taken: ["--unit", "apache2.service"], robbed: ["--", "/usr/bin/sleep", "infinity"] } as const;

before(async () => {
  await call("cc", ["-shared", "-fPIC", "-o", join(isolation, "hostile.so"), join(isolation, "hostile.c")]);
  await bed.run("rm", "-rf", "/root/hostile");
  await call(join(import.meta.dirname, "../../bed"), ["push", "native", isolation, "/root/hostile"]);
  for (const [name, what] of Object.entries(kinds)) {
    await bed.try("sandboxcontainer", "delete", "--force", name);
    await bed.run("sandboxcontainer", "create", name, "--start", ...what);
  }
  await bed.run("/root/hostile/prepare-host");
});

after(async () => {
  await bed.try("/root/hostile/prepare-host", "stop");
  for (const name of Object.keys(kinds)) await bed.try("sandboxcontainer", "delete", "--force", name);
});

// Entering by the programs of 0.1.0, one after the other, gave it the files of the host.
for (const [name, modes] of [
  ["taken", ["root", "cover"]],
  ["robbed", ["root"]],
] as const)
  test(`a hostile PID 1 gets nothing from those who enter but what a service has (${name})`, async () => {
    const told = await bed.run("/root/hostile/hostile", name, ...modes);
    assert.deepEqual(
      told.split("\n").map((line) => line.split("\t").slice(0, 2).join(" ")),
      modes.map((mode) => `${mode} blocked`),
      told,
    );
    assert.match(told, /\d programs entered, hostile/);
  });
