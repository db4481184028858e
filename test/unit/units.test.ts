import assert from "node:assert/strict";
import { globSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const repository = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(repository, path), "utf8");

test("units, the command and the generator give the runtime the same setting", () => {
  const [setting] = /BUN_JSC_\w+=\d+/.exec(read("Makefile")) ?? [];
  assert.ok(setting !== undefined);
  assert.match(read("generator/sandboxcontainer-generator"), new RegExp(`^export ${setting}$`, "m"));
  const texts = globSync("units/*.service", { cwd: repository }).map((unit) => ({ unit, text: read(unit) }));
  // The other programs that units run are scripts.
  const [, names = ""] = /^HELPERS := (.*)$/m.exec(read("Makefile")) ?? [];
  const starts = new RegExp(`^ExecStart=/usr/libexec/sandboxcontainer/(?:${names.replaceAll(" ", "|")})(?= |$)`, "m");
  const running = texts.filter(({ text }) => starts.test(text));
  assert.ok(running.length > 0);
  for (const { unit, text } of running) assert.match(text, new RegExp(`^Environment=${setting}$`, "m"), unit);
});

// A program that nothing calls has rights for nothing, and rots.
test("every program that is installed for others is called by a unit, a script or another program", () => {
  const [, names = "", scripts = ""] =
    /^HELPERS := (.*)$[^]*^SCRIPTS := ((?:.*\\\n)*.*)$/m.exec(read("Makefile")) ?? [];
  const programs = `${names} ${scripts}`.split(/[\s\\]+/).filter((name) => name !== "");
  assert.ok(programs.includes("launch") && programs.includes("inside/start") && programs.includes("load-policy"));
  const callers = globSync(["units/**/*.*", "generator/render/*.ts", "helpers/**/*", "packaging/**/*"], {
    cwd: repository,
  })
    .filter((path) => statSync(join(repository, path)).isFile())
    .map(read);
  // By its path, by a script beside it, or by the folder that programs of ours find it in.
  const byPath = callers.join("\n");
  const byFolder = callers.filter((text) => text.includes("helperDirectory")).join("\n");
  const isCalled = (name: string): boolean => {
    // systemd runs all generators of a folder.
    if (name.startsWith("inside/generators/")) return byFolder.includes('"inside/generators"');
    const optional = name.replace("inside/", "(?:inside/)?");
    return (
      new RegExp(`(?:/sandboxcontainer/${name}|\\$\\{0%/\\*\\}/${optional})(?![\\w/.-])`).test(byPath) ||
      new RegExp(`["/]${optional}["\`]`).test(byFolder)
    );
  };
  assert.deepEqual(
    programs.filter((name) => !isCalled(name)),
    [],
  );
});
