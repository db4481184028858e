import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { planInsideUnits, writeInsideUnits } from "../../../helpers/launch/inside-units.ts";

test("every unit tells the host when it ends, and only services lose their own Restart=", () => {
  const units = planInsideUnits(["apache2.service", "tangd.socket"]);
  assert.deepEqual(Object.keys(units), [
    "sandboxcontainer.target.d/50-units.conf",
    "sandboxcontainer-ready.service.d/50-units.conf",
    "apache2.service.d/50-sandboxcontainer.conf",
    "tangd.socket.d/50-sandboxcontainer.conf",
  ]);
  assert.equal(units["sandboxcontainer.target.d/50-units.conf"], "[Unit]\nWants=apache2.service tangd.socket\n");
  assert.match(units["apache2.service.d/50-sandboxcontainer.conf"] ?? "", /OnFailure=sandboxcontainer-ended@%n.service\n[^]*Restart=no/);
  assert.doesNotMatch(units["tangd.socket.d/50-sandboxcontainer.conf"] ?? "", /Restart=/);
});

test("a command's sandbox has a folder for the host and no units", () => {
  const run = mkdtempSync(join(tmpdir(), "run-"));
  try {
    writeInsideUnits(run, process.getuid?.() ?? 0, {});
    assert.ok(statSync(join(run, "host")).isDirectory());
    writeInsideUnits(join(run, "host"), process.getuid?.() ?? 0, { "a.service.d/b.conf": "text" });
    assert.equal(readFileSync(join(run, "host/systemd/system/a.service.d/b.conf"), "utf8"), "text");
  } finally {
    rmSync(run, { recursive: true });
  }
});
