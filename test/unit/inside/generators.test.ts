import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";

const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
const script = join(top, "units");
const text = readFileSync(resolve(import.meta.dirname, "../../../helpers/inside/generators/units"), "utf8");
const moved = text.replaceAll("/run/host", top).replaceAll("/usr/lib/systemd/system-generators", join(top, "all"));
writeFileSync(script, moved, { mode: 0o755 });
mkdirSync(join(top, "all"));

after(() => {
  rmSync(top, { recursive: true });
});

/** Runs the script with these generators; returns the folder of what they made. */
function generate(units: readonly string[], generators: Readonly<Record<string, string>>): string {
  const normal = mkdtempSync(join(top, "normal-"));
  for (const [name, body] of Object.entries(generators))
    writeFileSync(join(top, "all", name), `#!/bin/sh\n${body}\n`, { mode: 0o755 });
  writeFileSync(
    join(top, "generators"),
    Object.keys(generators)
      .map((name) => `${name}\n`)
      .join(""),
  );
  writeFileSync(join(top, "units.list"), "");
  rmSync(script, { force: true });
  writeFileSync(script, moved.replaceAll(`${top}/units`, `${top}/names`), { mode: 0o755 });
  writeFileSync(join(top, "names"), units.map((name) => `${name}\n`).join(""));
  const { status } = spawnSync(script, [normal, `${normal}.early`, `${normal}.late`], { encoding: "utf8" });
  assert.equal(status, 0);
  return normal;
}

const attach = (to: string, ...units: readonly string[]): string =>
  `mkdir -p "$1/${to}"; ${units.map((unit) => `ln -s /x "$1/${to}/${unit}"`).join("; ")}`;
const readyFile = "sandboxcontainer-ready.service.d/60-generated.conf";

test("what generators attach to a unit of the sandbox counts, also what is attached to that", () => {
  const normal = generate(["db.service"], {
    one: attach("db.service.wants", "db@a.service", "other.mount", "db@.service"),
    two: `${attach("db@a.service.requires", "helper.socket")}; ${attach("stranger.service.wants", "s.service")}; exit 3`,
  });
  assert.equal(
    readFileSync(join(normal, readyFile), "utf8"),
    '[Unit]\nAfter=db.service db@a.service helper.socket\n\n[Service]\nEnvironment="UNITS=db.service db@a.service helper.socket"\n',
  );
  assert.match(
    readFileSync(join(normal, "db@a.service.d/zz-sandboxcontainer.conf"), "utf8"),
    /^\[Unit\]\nOnFailure=sandboxcontainer-ended@%n\.service\nOnSuccess=.*@:%n\.service\n\n\[Service\]\nRestart=no\n$/,
  );
  assert.doesNotMatch(readFileSync(join(normal, "helper.socket.d/zz-sandboxcontainer.conf"), "utf8"), /Service\]/);
  assert.equal(existsSync(join(normal, "db.service.d")), false);
});

test("a loop ends, and a name with a backslash is quoted for systemd", () => {
  const normal = generate(["a.service"], {
    loop: `${attach("a.service.wants", "b\\\\x2d.service")}; ${attach("b\\\\x2d.service.wants", "a.service")}`,
  });
  assert.deepEqual(
    readdirSync(normal).filter((name) => name.endsWith(".d")),
    ["b\\x2d.service.d", "sandboxcontainer-ready.service.d"],
  );
  assert.match(readFileSync(join(normal, readyFile), "utf8"), /UNITS=a\.service b\\\\\\\\x2d\.service"/);
});
