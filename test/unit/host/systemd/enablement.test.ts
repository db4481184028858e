import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { openEnablement } from "../../../../helpers/host/systemd/unit-files.ts";

const root = mkdtempSync(join(tmpdir(), "enablement-"));
after(() => {
  rmSync(root, { recursive: true });
});
const folders = [join(root, "etc"), join(root, "none"), join(root, "usr")];
const link = (path: string, target: string): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  symlinkSync(target, join(root, path));
};

test("systemd is asked once for all instances that stand in the same places", async () => {
  link("usr/other@.service", "/dev/null");
  for (const name of ["a", "b", "service"])
    link(`etc/multi-user.target.wants/sandbox@${name}.service`, "/usr/lib/systemd/system/sandbox@.service");
  for (const name of ["c", "d"]) link(`etc/sandbox@${name}.service`, "/dev/null");
  link("etc/boot.target.requires/sandbox@e.service", "/usr/lib/systemd/system/sandbox@.service");
  link("usr/multi-user.target.wants/sandbox@f.service", "../sandbox@f.service");
  for (const name of ["g", "h"]) {
    mkdirSync(join(root, `etc/sandbox@${name}.service.d`));
    writeFileSync(join(root, `usr/sandbox@${name}.service`), "");
  }
  const asked: string[] = [];
  const readEnablement = await openEnablement({
    readUnitPath: () => Promise.resolve(folders),
    readEnablement: (unit) => Promise.resolve(`answer ${asked.push(unit)}`),
  });
  const answers: string[] = [];
  for (const name of ["a", "b", "service", "c", "d", "e", "f", "g", "h", "i", "j"])
    answers.push((await readEnablement(`sandbox@${name}.service`)).slice("answer ".length));
  assert.equal(answers.join(" "), "1 1 1 2 2 3 4 5 6 7 7");
  assert.deepEqual(
    asked.map((unit) => unit.slice("sandbox@".length, -".service".length)),
    ["a", "c", "e", "f", "g", "h", "i"],
  );
  assert.equal(await readEnablement("other@a.service"), "answer 8");
});
