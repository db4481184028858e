import assert from "node:assert/strict";
import { test } from "node:test";
import { checkSnapshots } from "../../../../helpers/command/doctor/snapshots.ts";
import { fakeHost } from "./fake-host.ts";

const units = ["a", "b"].flatMap((name) => [`sandbox-snapshot@${name}.service`, `sandbox-snapshot@${name}.timer`]);

function check(...states: readonly string[]) {
  const text = units.map((unit, index) => {
    const [load = "loaded", active = ""] = (states[index] ?? "").split(" ");
    return `Id=${unit}\nLoadState=${load}\nActiveState=${active}`;
  });
  const command = `systemctl show --property=Id,LoadState,ActiveState ${units.join(" ")}`;
  return checkSnapshots(
    fakeHost({ commands: { [command]: text.join("\n\n") }, sandboxes: { withSnapshots: ["a", "b"] } }),
  );
}

test("without [Snapshots] nobody is asked", async () => {
  assert.deepEqual(await checkSnapshots(fakeHost({})), {
    ...{ check: "snapshots", verdict: "ok", message: "no conf has times for them" },
  });
});

test("timers that run are well, and so is one that somebody has masked", async () => {
  const well = ["loaded inactive", "loaded active", "loaded inactive", "loaded active"];
  assert.deepEqual([(await check(...well)).verdict, (await check(...well)).message], ["ok", "their timers run: 2"]);
  assert.equal((await check(...well.slice(0, 3), "masked inactive")).verdict, "ok");
});

test("a snapshot that failed is told first, then a timer that is stopped", async () => {
  const failed = await check("loaded inactive", "loaded inactive", "loaded failed", "loaded active");
  assert.deepEqual([failed.verdict, failed.message], ["failed", "the last one failed: b"]);
  assert.match(failed.fix ?? "", /^journalctl -u sandbox-snapshot@b; /);
  const stopped = await check("loaded inactive", "loaded inactive", "loaded inactive", "loaded active");
  assert.deepEqual([stopped.verdict, stopped.fix], ["warning", "systemctl start sandbox-snapshot@a.timer"]);
});

test("where systemd does not answer, nobody can tell that they run", async () => {
  const finding = await checkSnapshots(fakeHost({ sandboxes: { withSnapshots: ["a"] } }));
  assert.equal(finding.verdict, "warning");
});
