import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import test from "node:test";
import type { Results } from "../../bench.d/results.ts";
import { collect, useBed } from "../bed.ts";

const top = join(import.meta.dirname, "../../..");
const bed = useBed("native");

// The others boot, fill or enlarge the bed for minutes: `make bench` shows that they work.
const quick = ["generator", "reload", "start", "filter", "web", "port", "verbs"];

test("the bench measures its quick rows, and leaves nothing in the bed", async () => {
  const only = quick.flatMap((name) => ["--only", name]);
  const { status, stdout, stderr } = await collect(spawn(join(top, "test/bench"), ["--small", ...only]), "");
  assert.equal(status, 0, stderr);
  const { rows } = JSON.parse(readFileSync(join(top, "build/bench-small.json"), "utf8")) as Results;
  assert.deepEqual(
    rows.map(({ name }) => name),
    quick,
  );
  for (const { name, title, measures } of rows) {
    assert.ok(stdout.includes(`${title} (${name})`));
    assert.ok(measures.length > 0, name);
    for (const { name: measure, series } of measures)
      for (const { party, values } of series)
        assert.ok(
          values.length > 0 && values.every(Number.isFinite),
          `${name}, ${measure}, ${party}: ${values.join(" ")}`,
        );
  }
  const left =
    "ls -d /etc/*/bench-* /etc/*/system/bench-* /var/lib/*/bench-* /var/lib/bench /run/bench* /root/bench 2>/dev/null; true";
  assert.equal(await bed.run("sh", "-c", left), "");
  assert.equal(await bed.run("systemctl", "list-units", "--all", "--plain", "--no-legend", "*bench-*"), "");
});
