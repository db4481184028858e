import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import { listUnitFiles } from "../../../../helpers/host/systemd/unit-files.ts";
import { makeTemporary } from "../../sandbox/populate/temporary.ts";

test("templates and other names are no units; masked, linked and replaced ones are, once each", (context) => {
  const top = makeTemporary(context);
  const folders = ["etc", "usr", "none"].map((name) => join(top, name));
  const [etc = "", usr = ""] = folders;
  for (const folder of [etc, usr]) mkdirSync(folder);
  for (const name of ["a.service", "a@.service", "a@b.service", "masked.service", "replaced.service", "sshd.service"])
    writeFileSync(join(usr, name), "");
  writeFileSync(join(etc, "replaced.service"), "");
  symlinkSync("/dev/null", join(etc, "masked.service"));
  symlinkSync("/opt/linked.service", join(etc, "linked.service"));
  symlinkSync(join(usr, "ssh.service"), join(etc, "sshd.service"));
  assert.deepEqual(listUnitFiles(folders).toSorted(), [
    join(etc, "linked.service"),
    join(etc, "masked.service"),
    join(etc, "replaced.service"),
    join(usr, "a.service"),
    join(usr, "a@b.service"),
  ]);
});
