import assert from "node:assert/strict";
import { after, test } from "node:test";
import { useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { idleUnit, installPackage } from "../demo-package.ts";

const bed = useBed("native");
const ask = (...words: readonly string[]) => bed.try("timeout", "30", "sandboxcontainer", ...words);
const install = () =>
  installPackage(bed, "fleeting", "1", {
    "/usr/lib/systemd/system/fleeting.service": idleUnit.replace("demo", "fleeting"),
    "/etc/fleeting/conf": "a\n",
  });

after(() => bed.try("dpkg", "--purge", "fleeting"));

test("without the package of its unit a start fails at once, and every look at it says so", async (context) => {
  deleteAfter(context, bed, "stray");
  await install();
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "create", "stray", "--unit", "fleeting.service", "--start");
  assert.doesNotMatch((await ask("doctor")).stdout, /fleeting/);
  await bed.run("sh", "-c", "dpkg --remove fleeting; systemctl daemon-reload");
  const said = /fleeting\.service is not on the host any more: package fleeting was removed/;
  const restarted = await ask("restart", "stray");
  assert.equal(restarted.status, 1);
  assert.match(restarted.stderr, said);
  assert.match(restarted.stderr, /Install that again; the data of stray stay/);
  const verified = await ask("verify", "stray");
  assert.equal(verified.status, 2);
  assert.match(verified.stdout, /^\/etc\/sandboxcontainer\/stray\.conf:\d+: fleeting\.service is not/m);
  assert.match(
    (await ask("doctor")).stdout,
    /failed +units +\S+stray\.conf:\d+: fleeting\.service is not on the host any more/,
  );
  assert.match((await ask("list")).stdout, /^stray +failed .* uninstalled/m);
  const shown = JSON.parse((await ask("show", "stray", "--json")).stdout) as { missingUnits: readonly string[] };
  assert.deepEqual(shown.missingUnits, ["fleeting.service"]);
  assert.equal((await bed.try("runuser", "-u", "nobody", "--", "sandboxcontainer", "verify", "stray")).status, 0);
  await install();
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "start", "stray");
});

test("without its program a command fails at once", async (context) => {
  deleteAfter(context, bed, "stray");
  await bed.run("cp", "/usr/bin/sleep", "/usr/local/bin/stray-sleep");
  context.after(() => bed.try("rm", "/usr/local/bin/stray-sleep"));
  await bed.run(
    "sandboxcontainer",
    "create",
    "stray",
    "--package",
    "coreutils",
    "--start",
    "--",
    "/usr/local/bin/stray-sleep",
    "infinity",
  );
  await bed.run("rm", "/usr/local/bin/stray-sleep");
  const restarted = await ask("restart", "stray");
  assert.equal(restarted.status, 1);
  assert.match(restarted.stderr, /stray-sleep/);
  assert.match((await ask("verify", "stray")).stdout, /\/usr\/local\/bin\/stray-sleep is not on the host/);
});
