import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test, { after } from "node:test";
import { parseUnitName } from "../../../../conf/values/values.ts";

const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { withGeneratedWants } = await import("../../../../helpers/host/systemd/unit-files.ts");

after(() => {
  rmSync(top, { recursive: true, force: true });
});

test("what a generator hung on a unit comes with it, and what hangs on that", () => {
  const hang = (where: string): void => {
    const file = join(top, "run/systemd", where);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "");
  };
  hang("generator/db.service.wants/db@17-main.service");
  hang("generator/db.service.wants/db@16-old.service");
  hang("generator/db.service.wants/srv-db.mount");
  hang("generator.late/db@17-main.service.requires/db@17-main.socket");
  hang("generator/multi-user.target.wants/other.service");
  const units = ["db.service", "lone.service"].map(parseUnitName);
  assert.deepEqual([...withGeneratedWants(units)].sort(), [
    "db.service",
    "db@16-old.service",
    "db@17-main.service",
    "db@17-main.socket",
    "lone.service",
  ]);
});
