import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { planOf } from "../plan/plan-of.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { writeStartPlan } = await import("../../../../helpers/run/plan/kept-plan.ts");
const { openRunRecord, runFile } = await import("../../../../helpers/run/running/run-record.ts");
const { readContainer, readStartedStamp, requireRunning, runsWith, tryReadRunning } =
  await import("../../../../helpers/run/running/read-running.ts");

after(() => {
  rmSync(top, { recursive: true });
});

const web = parseSandboxName("web1");
const state = join(top, "var/lib/sandboxcontainer/web1");
const runtime = join(top, "run/sandboxcontainer/web1");
const stamp = "populated-0123456789abcdef-0";
const level = "level-s0:c1,c2";
const [init, controller] = [
  { pid: 20, began: "300" },
  { pid: 19, began: "299" },
];
const walled = planOf({ control: { kind: "apparmor", profile: "a", entry: "a//&b" }, claims: [level] });

function prepare(plan: typeof walled, systemCalls: string): void {
  mkdirSync(join(state, "start"), { recursive: true });
  for (const file of ["ids", "context"]) writeFileSync(join(state, file), "none\n");
  writeFileSync(join(state, "start/system-calls"), systemCalls);
  writeStartPlan(web, plan);
}

beforeEach(() => {
  for (const folder of [state, runtime]) rmSync(folder, { recursive: true, force: true });
  mkdirSync(runtime, { recursive: true });
  prepare(walled, "1 6 0 0 0");
});

/** Starts it with what is prepared. */
function start(): void {
  const record = openRunRecord(web, stamp, walled);
  record({ kind: "asked" });
  assert.deepEqual(readContainer(web), { kind: "asked" });
  record({ kind: "started", init, controller });
}

const refuses = (what: RegExp): void => {
  assert.throws(() => requireRunning(web), { name: "SandboxError", message: what, hint: /restart sandbox@web1$/ });
};

test("what launch records is read again, and only root may open it", () => {
  start();
  const { control, entry, claims, isCommand, units, network, sockets, ports } = walled;
  const expected = { control, entry, systemCalls: "1 6 0 0 0", claims, isCommand, units, network, sockets, ports };
  assert.deepEqual(requireRunning(web), expected);
  assert.deepEqual(tryReadRunning(web), expected);
  assert.deepEqual(readContainer(web), { kind: "started", init, controller });
  assert.equal(readStartedStamp(web), stamp);
  assert.deepEqual([runsWith(web, level), runsWith(web, "level-s0:c1,c25")], [true, false]);
  assert.equal(statSync(runFile(web)).mode & 0o777, 0o600);
});

test("who enters gets the walls of what runs, although the next start was prepared with others, or with none", () => {
  start();
  prepare(planOf(), "1 6 0 0 2147418112");
  for (const plan of [requireRunning(web), tryReadRunning(web)]) {
    assert.deepEqual(plan?.control, walled.control);
    assert.equal(plan.systemCalls, "1 6 0 0 0");
  }
  assert.ok(runsWith(web, level));
  rmSync(state, { recursive: true });
  assert.deepEqual(requireRunning(web).control, walled.control);
});

test("a record that is cut off, damaged or of another sandbox lets nobody in, and does not keep it from being stopped", () => {
  start();
  const text = readFileSync(runFile(web), "utf8");
  const damaged = (): void => {
    refuses(/run\.json is damaged, so nothing says which walls web1 has/);
    assert.equal(tryReadRunning(web), undefined);
    assert.equal(readStartedStamp(web), undefined);
    assert.ok(runsWith(web, level) && runsWith(web, "level-s0:c3,c4"), "nobody else may have it");
    // libvirt has no container of it, and may still make one.
    assert.deepEqual(readContainer(web), { kind: "asked" });
  };
  // The last byte is the end of the line.
  for (let size = 0; size < text.length - 1; size += 7) {
    writeFileSync(runFile(web), text);
    truncateSync(runFile(web), size);
    damaged();
  }
  for (const [from, to] of [
    ['"web1"', '"web2"'],
    ['"apparmor"', '"landlock"'],
    ['"systemCalls": "1 6 0 0 0"', '"systemCalls": ""'],
    ['"capabilities": "20844dfb"', '"capabilities": "all"'],
    ['"entry": {', '"entries": {'],
    ['"controller": {', '"controllers": {'],
    ['"pid": 20', '"pid": 1'],
    ['"claims"', '"claim"'],
  ] as const) {
    assert.ok(text.includes(from), from);
    writeFileSync(runFile(web), text.replace(from, to));
    damaged();
  }
});

test("another build may have started it, and know more of it", () => {
  start();
  const text = readFileSync(runFile(web), "utf8");
  writeFileSync(
    runFile(web),
    text.replace('"unbundled"', '"0123456789abcdef"').replace('"claims"', '"more": 1, "claims"'),
  );
  assert.deepEqual(requireRunning(web).control, walled.control);
});

test("before a start there is no container, and nobody enters, but what the next start has is known", () => {
  assert.equal(readContainer(web), undefined);
  assert.equal(readStartedStamp(web), undefined);
  assert.equal(runsWith(web, level), false);
  assert.deepEqual(tryReadRunning(web)?.control, walled.control);
  refuses(/run\.json is missing/);
  rmSync(state, { recursive: true });
  assert.equal(tryReadRunning(web), undefined);
});

test("what an earlier build has started is entered, listed and stopped by its small files and the plan", () => {
  writeFileSync(join(runtime, "started"), `${stamp}\n`);
  writeFileSync(join(runtime, "init"), "20 300 19 299\n");
  writeFileSync(join(runtime, "claims"), `${level}\n`);
  assert.deepEqual(requireRunning(web).control, walled.control);
  assert.deepEqual(readContainer(web), { kind: "started", init, controller });
  assert.equal(readStartedStamp(web), stamp);
  assert.ok(runsWith(web, level));
  rmSync(join(state, "start/system-calls"));
  assert.throws(() => requireRunning(web), { name: "SandboxError", message: /start\/system-calls is missing/ });
});
