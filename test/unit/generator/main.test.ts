import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, suite, test } from "node:test";

const scenarios = resolve(import.meta.dirname, "../../scenarios");
const main = resolve(import.meta.dirname, "../../../generator/main.ts");
const temporary = mkdtempSync(join(tmpdir(), "generator-"));
after(() => {
  rmSync(temporary, { recursive: true });
});

type Tree = Readonly<Record<string, string>>;

function readTree(folder: string): Tree {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
  return Object.fromEntries(
    entries
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path.slice(folder.length + 1), readEntry(path)]),
  );
}

function readEntry(path: string): string {
  try {
    return `-> ${readlinkSync(path)}`;
  } catch {
    return readFileSync(path, "utf8");
  }
}

function writeTree(folder: string, tree: Tree): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [path, content] of Object.entries(tree)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    if (content.startsWith("-> ")) symlinkSync(content.slice(3), join(folder, path));
    else writeFileSync(join(folder, path), content);
  }
}

function runGenerator(root: string, ...args: readonly string[]) {
  const env = { ...process.env, SANDBOXCONTAINER_ROOT: root };
  return spawnSync(process.execPath, [main, ...args], { encoding: "utf8", env });
}

// A scenario has a root as input. Its output is the tree below the generator's folder and the log. UPDATE_GOLDEN=1
// rewrites the output.
suite("from a root with these confs the generator makes exactly this tree", () => {
  for (const scenario of readdirSync(scenarios).sort()) {
    test(scenario, () => {
      const folder = join(scenarios, scenario);
      const out = join(temporary, scenario);
      mkdirSync(out);
      const { status, stderr } = runGenerator(join(folder, "in"), out, "/nonexistent/early", "/nonexistent/late");
      const made = { ...readTree(out), ".log": stderr };
      if (process.env["UPDATE_GOLDEN"] === "1") writeTree(join(folder, "out"), made);
      assert.equal(status, 0);
      assert.deepEqual(made, readTree(join(folder, "out")));
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
