import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { planOf } from "./plan-of.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { isOfOtherBuild, isPrepared, planFile, readAnyPlan, readSystemCalls, requireStartPlan, writeStartPlan } =
  await import("../../../../helpers/run/plan/kept-plan.ts");

after(() => {
  rmSync(top, { recursive: true });
});

const web = parseSandboxName("web1");
const state = join(top, "var/lib/sandboxcontainer/web1");
const start = join(state, "start");
const files = ["system-calls", "domain.xml", "run/host/a file", "../ids", "../context"];
const plan = planOf({ control: { kind: "apparmor", profile: "a", entry: "a//&b" }, limits: ["MemoryMax=1G"] });

beforeEach(() => {
  rmSync(state, { recursive: true, force: true });
  mkdirSync(join(start, "run/host"), { recursive: true });
  for (const file of files) writeFileSync(join(start, file), `${file}\n`);
  assert.equal(spawnSync("mkfifo", [join(start, "run/host/outcome")]).status, 0);
  writeStartPlan(web, plan);
});

const hint = /^Prepare it again: systemctl daemon-reload && systemctl start sandbox-root@web1$/;
const refuses = (read: () => unknown, message: RegExp): void => {
  assert.throws(read, { name: "SandboxError", message, hint });
};
const edit = (from: string, to: string): void => {
  const text = readFileSync(planFile(web), "utf8");
  assert.ok(text.includes(from), from);
  writeFileSync(planFile(web), text.replace(from, to));
};

test("a plan is read as it was written, and can be written again", () => {
  assert.deepEqual(requireStartPlan(web), plan);
  assert.deepEqual([readAnyPlan(web), readSystemCalls(web), isPrepared(web)], [plan, "system-calls\n", true]);
  const before = readFileSync(planFile(web), "utf8");
  writeStartPlan(web, plan);
  assert.equal(readFileSync(planFile(web), "utf8"), before);
});

for (const file of [...files, "run/host/outcome"])
  test(`a start without ${file}, or with another one, is refused`, () => {
    const path = join(start, file);
    const refused = (what: RegExp): void => {
      refuses(() => requireStartPlan(web), what);
      assert.equal(isPrepared(web), false);
    };
    rmSync(path);
    refused(/ is missing, so nothing says which walls web1 needs$/);
    writeFileSync(path, "");
    refused(/ is not as it was prepared/);
    rmSync(path);
    mkdirSync(path);
    refused(/ is not as it was prepared/);
  });

test("a plan of any build needs its system call filter, whatever else is missing", () => {
  rmSync(join(start, "domain.xml"));
  assert.deepEqual(readAnyPlan(web), plan);
  rmSync(join(start, "system-calls"));
  refuses(() => readAnyPlan(web), /start\/system-calls is missing/);
});

test("a plan that is missing, cut off or damaged is refused", () => {
  const text = readFileSync(planFile(web), "utf8");
  // The last byte is the end of the line.
  for (let size = 0; size < text.length - 1; size++) {
    writeFileSync(planFile(web), text);
    truncateSync(planFile(web), size);
    for (const read of [requireStartPlan, readAnyPlan]) refuses(() => read(web), /plan\.json is damaged/);
  }
  writeFileSync(planFile(web), text);
  appendFileSync(planFile(web), "x");
  refuses(() => requireStartPlan(web), /plan\.json is damaged/);
  rmSync(planFile(web));
  for (const read of [requireStartPlan, readAnyPlan]) refuses(() => read(web), /plan\.json is missing/);
  assert.equal(isOfOtherBuild(web), false);
});

test("a plan of another build starts nothing, and is good for what it has started", () => {
  assert.equal(isOfOtherBuild(web), false);
  edit('"unbundled"', '"0123456789abcdef"');
  refuses(() => requireStartPlan(web), /plan\.json is of another build of sandboxcontainer \(0123456789abcdef\)/);
  assert.equal(isOfOtherBuild(web), true);
  assert.deepEqual(readAnyPlan(web), plan);
});

test("a field that nobody knows, or that is missing, is named", () => {
  edit('"limits"', '"limit"');
  refuses(() => requireStartPlan(web), /another build of sandboxcontainer \(limit\)/);
  edit('"limit"', '"limits"');
  edit('"units": [],', "");
  refuses(() => requireStartPlan(web), /another build of sandboxcontainer \(units\)/);
});

test("a plan of another sandbox is refused, also for what runs", () => {
  edit('"name": "web1"', '"name": "web2"');
  for (const read of [requireStartPlan, readAnyPlan])
    refuses(() => read(web), /plan\.json is of another sandbox \(web2\)/);
});

test("a path that leads out of the start is not even looked at", () => {
  edit('"../ids"', '"run/../../../web2/ids"');
  refuses(
    () => requireStartPlan(web),
    /plan\.json has a path that leads elsewhere \(run\/\.\.\/\.\.\/\.\.\/web2\/ids\)/,
  );
});
