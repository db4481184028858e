import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, suite, test } from "node:test";
import { checkAssertions, readAssertions, readTree, type Tree, writeTree } from "./scenarios.ts";

const scenarios = resolve(import.meta.dirname, "../../scenarios");
const main = resolve(import.meta.dirname, "../../../generator/main.ts");
const temporary = mkdtempSync(join(tmpdir(), "generator-"));
after(() => {
  rmSync(temporary, { recursive: true });
});

function runGenerator(root: string, ...args: readonly string[]) {
  const env = { ...process.env, SANDBOXCONTAINER_ROOT: root };
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env });
}

/** Runs the generator with the root of a scenario. */
function makeTree(scenario: string): { readonly tree: Tree; readonly stderr: string } {
  const out = join(temporary, scenario);
  mkdirSync(out);
  const { status, stderr } = runGenerator(
    join(scenarios, scenario, "in"),
    out,
    "/nonexistent/early",
    "/nonexistent/late",
  );
  assert.equal(status, 0);
  return { tree: readTree(out), stderr };
}

const isWhole = (scenario: string): boolean => existsSync(join(scenarios, scenario, "out"));
const [whole, others] = [true, false].map((is) =>
  readdirSync(scenarios)
    .sort()
    .filter((name) => isWhole(name) === is),
);

// A scenario has a root as input. That of a few has also the whole output: the tree below the generator's folder and the
// log. UPDATE_GOLDEN=1 rewrites it.
suite("from a root with these confs the generator makes exactly this tree", () => {
  for (const scenario of whole ?? []) {
    test(scenario, () => {
      const { tree, stderr } = makeTree(scenario);
      const made = { ...tree, ".log": stderr };
      const out = join(scenarios, scenario, "out");
      if (process.env["UPDATE_GOLDEN"] === "1") writeTree(out, made);
      assert.deepEqual(made, readTree(out));
    });
  }
});

// The confs of the others assert what is particular to them, in `## assert-…` lines. scenarios.ts explains the verbs.
suite("from a root with these confs the generator makes what they assert", () => {
  for (const scenario of others ?? []) {
    test(scenario, () => {
      const { tree, stderr } = makeTree(scenario);
      checkAssertions(tree, stderr, readAssertions(readTree(join(scenarios, scenario, "in"))));
    });
  }
});

test("--dry-run prints what would be written, in the order of the paths, and writes nothing", () => {
  const root = join(scenarios, "08-install/in");
  const { status, stdout } = runGenerator(root, "--dry-run");
  assert.equal(status, 0);
  const headers = stdout
    .split("\n")
    .filter((line) => /^# .*(\.conf$| -> )/.test(line) && !line.startsWith("# Generated"));
  assert.deepEqual(headers, headers.toSorted());
  assert.ok(
    headers.includes("# multi-user.target.wants/sandbox@web.service -> /usr/lib/systemd/system/sandbox@.service"),
  );
  assert.match(
    stdout,
    /^# sandbox@web\.service\.d\/40-sandboxcontainer\.conf\n# Generated from \/etc\/sandboxcontainer\/web\.conf\n\[Unit\]$/m,
  );
});

test("a sandbox that was started with proxies, by whatever build, keeps them until it has a link", () => {
  const root = join(temporary, "running");
  const conf = "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\nPublish=8080:80\n";
  for (const [files, hasProxy] of [
    [[], false],
    [["run/sandboxcontainer/web/client"], false],
    [["run/sandboxcontainer/web/started"], true],
    [["run/sandboxcontainer/web/run.json"], true],
    [["run/sandboxcontainer/web/run.json", "run/sandboxcontainer/web/link"], false],
  ] as const) {
    writeTree(root, { "etc/sandboxcontainer/web.conf": conf, ...Object.fromEntries(files.map((file) => [file, ""])) });
    const { status, stdout } = runGenerator(root, "--dry-run");
    assert.deepEqual([status, stdout.includes("sandbox-web-8080.socket")], [0, hasProxy], files.join(" "));
  }
});

test("the status is 1 only when nothing could be written", () => {
  const root = join(scenarios, "01-unit/in");
  const { status, stderr } = runGenerator(root, "/proc/nonexistent");
  assert.equal(status, 1);
  assert.match(stderr, /sandbox@web\.service\.d\/40-sandboxcontainer\.conf cannot be written \(ENOENT\)/);
});

test("without arguments it says how it is used", () => {
  const { status, stderr } = runGenerator(join(scenarios, "01-unit/in"));
  assert.equal(status, 2);
  assert.match(stderr, /^Usage: /);
});
