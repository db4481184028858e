import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { after, before, test } from "node:test";

// The output of `make build` for either runtime, and the dependencies that it might look for at run time.
const repository = resolve(import.meta.dirname, "../../..");
const library = join(repository, "dist/lib");
const started = join(repository, "dist/start");
const runsBun = existsSync(join(library, "runtime"));
const { dependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
  dependencies: Record<string, string>;
};
const packages = [...Object.keys(dependencies), "bindings", "debug", "supports-color", "usocket", "x11"];

const temporary = mkdtempSync(join(tmpdir(), "runtime-"));
const hostile = join(temporary, "hostile");
const root = join(temporary, "root");
const mark = join(temporary, "mark");
const evil = join(hostile, "evil.js");
after(() => {
  rmSync(temporary, { recursive: true });
});

function put(path: string, text: string, mode = 0o644): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode });
}

before(() => {
  const code = `require("node:fs").writeFileSync(${JSON.stringify(mark)}, "");`;
  put(evil, code);
  for (const name of packages) put(join(hostile, "node_modules", name, "index.js"), code);
  // With this variable set, a failing helper puts <3> before its message.
  for (const name of [".env", ".env.local", ".env.production", ".env.development"])
    put(join(hostile, name), "JOURNAL_STREAM=1:1\n");
  const preload = `preload = ["./evil.js"]\n[run]\npreload = ["./evil.js"]\n[test]\npreload = ["./evil.js"]\n`;
  for (const name of ["bunfig.toml", ".bunfig.toml"]) put(join(hostile, name), preload);
  put(
    join(hostile, "package.json"),
    '{"main": "evil.js", "imports": {"#*": "./evil.js"}, "browser": {"fs": "./evil.js"}}',
  );
  put(join(hostile, "tsconfig.json"), '{"compilerOptions": {"paths": {"*": ["./evil.js"]}}}');
  put(join(hostile, "index.js"), code);
  put(join(root, "etc/sandboxcontainer/web1.conf"), "[Sandbox]\nUnit=apache2.service\n");
});

/** Installs an executable of the build, and runs it in the hostile folder, which is also its home. */
function run(name: string, args: readonly string[], more: Readonly<Record<string, string>> = {}): string {
  const program = join(temporary, "installed", name);
  put(program, readFileSync(join(started, name), "utf8").replaceAll("@LIBDIR@", library), 0o755);
  const env = {
    HOME: hostile,
    XDG_CONFIG_HOME: hostile,
    PATH: temporary,
    SANDBOXCONTAINER_ROOT: root,
    ...more,
  };
  const { error, stdout, stderr } = spawnSync(program, args, { cwd: hostile, encoding: "utf8", env });
  assert.equal(error, undefined);
  assert.ok(!existsSync(mark), `${name} loads code`);
  return stdout + stderr;
}

const words: Readonly<Record<string, { readonly args: readonly string[]; readonly says: RegExp }>> = {
  // relax finds no systemctl.
  "inside/relax": { args: ["a.service"], says: /TypeError: .*undefined/ },
  // These programs look only at things that belong to no sandbox of the test machine.
  guard: { args: [], says: /^$/ },
  sandboxcontainer: { args: ["nothing"], says: /^unknown command `nothing`/ },
  "sandboxcontainer-generator": { args: ["--dry-run"], says: /sandbox@web1\.service/ },
  tidy: { args: [], says: /^cannot reach D-Bus/ },
};
const others = { args: [""], says: /^`` is not a valid sandbox name/ };

test("what is in the hostile folder would work", () => {
  spawnSync(process.execPath, [evil], { cwd: temporary });
  assert.ok(existsSync(mark));
  rmSync(mark);
});

const names = readdirSync(started, { recursive: true, encoding: "utf8" }).filter((name) => name !== "inside");
for (const name of names) {
  const { args, says } = words[name] ?? others;
  test(`${name} loads nothing of the working directory or of the home directory`, () => {
    assert.match(run(name, args, { DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${temporary}/none` }), says);
  });
}

test("variables of the other runtime, and folders of modules, are ignored", () => {
  const foreign = runsBun
    ? { NODE_OPTIONS: `--require=${evil}`, BUN_INSPECT_PRELOAD: evil }
    : { BUN_OPTIONS: `--preload=${evil}`, BUN_BE_BUN: "1" };
  for (const name of ["make-root", "tidy"]) {
    const { args, says } = words[name] ?? others;
    const environment = { ...foreign, NODE_PATH: join(hostile, "node_modules") };
    assert.match(run(name, args, { ...environment, DBUS_SYSTEM_BUS_ADDRESS: `unix:path=${temporary}/none` }), says);
  }
});
