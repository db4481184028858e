import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { constants } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { isClean, parseEnding } from "../../../../helpers/run/ending.ts";

const source = JSON.stringify(join(import.meta.dirname, "../../../../helpers/run/stop/end-like.ts"));

function run(ending: object): {
  readonly status: number | null;
  readonly signal: string | null;
  readonly stderr: string;
} {
  const script = `import { endLike } from ${source}; await endLike(${JSON.stringify(ending)}); process.exit(99);`;
  const { status, signal, stderr } = spawnSync(process.execPath, ["--input-type=module", "--eval", script], {
    encoding: "utf8",
    timeout: 10_000,
  });
  return { status, signal, stderr };
}

for (const signal of ["SIGUSR1", "SIGUSR2", "SIGXFSZ", "SIGKILL", "SIGABRT", "SIGSEGV"] as const) {
  test(`what ${signal} ended is ended by it here as well`, () => {
    const killed = { kind: "killed", signal: constants.signals[signal] };
    assert.deepEqual(run(killed), { status: null, signal, stderr: "" });
  });
}

for (let signal = 1; signal <= 64; signal++) {
  const ending = parseEnding(`ended killed ${signal}`);
  if (ending === undefined || isClean(ending)) continue;
  test(`what signal ${signal} ended fails here at once, and nothing stops`, () => {
    const { status, signal: killed } = run(ending);
    assert.ok(killed === null ? status === 128 + signal : true, `${status} ${killed}`);
    assert.notEqual(status, 99);
  });
}

test("a status is the same here", () => {
  assert.deepEqual(run({ kind: "exited", status: 7 }), { status: 7, signal: null, stderr: "" });
});
