import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import fc from "fast-check";
import { useBed } from "../../bed-tests/bed.ts";
import { type Action, apply, emptyModel, type Model, wordsOf } from "./model.ts";

const usage = `test/faults/model [--runs N] [--steps N] [--seed S]
  Draws sequences of verbs, runs them in a native bed that is up, and compares the host with a small model after each.
  --runs N   how many sequences (10)
  --steps N  how long they are at most (40)
  --seed S   the seed (the time)
It prints the seed, and the shortest sequence it finds that goes wrong.`;

const bed = useBed("native");
const names = ["one", "two", "three"];
const others = ["kept", "older"];
const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "10" },
    steps: { type: "string", default: "40" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    help: { type: "boolean", default: false },
  },
});

// Also what other tests have left in this bed.
const clean = `shopt -s nullglob; for conf in /etc/sandboxcontainer/*.conf; do
  name=\${conf##*/}; sandboxcontainer delete --force "\${name%.conf}"; done; rm -rf /root/model; mkdir /root/model`;

if (values.help) process.stdout.write(`${usage}\n`);
else await main();

async function main(): Promise<void> {
  const script = readFileSync(join(import.meta.dirname, "look"), "utf8");
  await bed.feed(script, "sh", "-c", 'cat >"$0"; chmod 0755 "$0"', "/root/look");
  process.stdout.write(`seed ${values.seed}\n`);
  const steps = Number(values.steps);
  await fc.assert(
    fc.asyncProperty(
      fc.array(drawAction(), { minLength: Math.ceil(steps / 2), maxLength: steps, size: "max" }),
      runAll,
    ),
    { numRuns: Number(values.runs), seed: Number(values.seed) },
  );
}

function drawAction(): fc.Arbitrary<Action> {
  const name = fc.constantFrom(...names);
  const other = fc.constantFrom(...others);
  const text = fc.constantFrom("10s", "20s");
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ verb: fc.constantFrom("create" as const), name }) },
    { weight: 4, arbitrary: fc.record({ verb: fc.constantFrom("start" as const, "restart" as const), name }) },
    { weight: 6, arbitrary: fc.record({ verb: fc.constantFrom("stop" as const), name }) },
    { weight: 1, arbitrary: fc.record({ verb: fc.constantFrom("delete" as const), name }) },
    { weight: 2, arbitrary: fc.record({ verb: fc.constantFrom("enable" as const, "disable" as const), name }) },
    {
      weight: 4,
      arbitrary: fc.record({ verb: fc.constantFrom("clone" as const, "rename" as const), name, other: name }),
    },
    {
      weight: 5,
      arbitrary: fc.record({ verb: fc.constantFrom("snapshot" as const, "rollback" as const), name, other }),
    },
    { weight: 1, arbitrary: fc.record({ verb: fc.constantFrom("delete-snapshot" as const), name, other }) },
    { weight: 3, arbitrary: fc.record({ verb: fc.constantFrom("export" as const, "import" as const), name, other }) },
    { weight: 4, arbitrary: fc.record({ verb: fc.constantFrom("set" as const, "write" as const), name, text }) },
  );
}

async function runAll(actions: readonly Action[]): Promise<void> {
  await bed.run("bash", "-c", clean);
  const model = emptyModel();
  for (const [index, action] of actions.entries()) {
    const words = wordsOf(action);
    const isAllowed = apply(model, action);
    const { status, stderr } = await bed.try("sandboxcontainer", ...words);
    const step = `step ${index + 1}, ${words.join(" ")}: ${stderr}`;
    process.stderr.write(`${isAllowed ? "" : "refused: "}${words.join(" ")}\n`);
    assert.equal(status === 0, isAllowed, step);
    if (!isAllowed) assert.match(stderr, /^\S.*\n$/, `${step}: not one line`);
    assert.deepEqual((await bed.run("/root/look")).split("\n").filter(Boolean), describe(model), step);
  }
}

function describe({ sandboxes }: Model): readonly string[] {
  return [...sandboxes]
    .sort(([one], [two]) => (one < two ? -1 : 1))
    .map(([name, { isRunning, isEnabled, data, timeout, snapshots }]) =>
      [
        ...[name, isRunning ? "active" : "inactive", isEnabled ? "enabled" : "disabled", data, timeout],
        ...[...snapshots].map(([snapshot, kept]) => `${snapshot}=${kept}`).sort(),
      ].join("\t"),
    );
}
