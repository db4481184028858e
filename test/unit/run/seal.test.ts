import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { parseSandboxName } from "../../../generator/conf/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { isWhole, readSealed, requireWhole, writeSeal } = await import("../../../helpers/run/seal.ts");

after(() => {
  rmSync(top, { recursive: true });
});

const web = parseSandboxName("web1");
const state = join(top, "var/lib/sandboxcontainer/web1");
const start = join(state, "start");
const files = ["control", "filter", "limits", "run/host/a file", "../ids", "../context"];

beforeEach(() => {
  rmSync(state, { recursive: true, force: true });
  mkdirSync(join(start, "run/host"), { recursive: true });
  for (const file of files) writeFileSync(join(start, file), `${file}\n`);
  assert.equal(spawnSync("mkfifo", [join(start, "run/host/outcome")]).status, 0);
  writeSeal(web);
});

const hint = /^Prepare it again: systemctl daemon-reload && systemctl start sandbox-root@web1$/;

test("what is as it was prepared is whole, and a seal can be made again", () => {
  requireWhole(web);
  const before = readFileSync(join(start, "seal"), "utf8");
  writeSeal(web);
  assert.equal(readFileSync(join(start, "seal"), "utf8"), before);
  assert.equal(readSealed(web, "run/host/a file"), "run/host/a file\n");
});

for (const file of [...files, "run/host/outcome"])
  test(`a start without ${file}, or with another one, is refused`, () => {
    const path = join(start, file);
    const refused = (what: RegExp): void => {
      assert.throws(
        () => {
          requireWhole(web);
        },
        { name: "SandboxError", message: what, hint },
      );
      assert.throws(() => readSealed(web, file), { name: "SandboxError", message: what, hint });
      assert.equal(isWhole(web), false);
    };
    rmSync(path);
    refused(/ is missing, so nothing says which walls web1 needs$/);
    writeFileSync(path, "");
    refused(/ is not as it was prepared/);
    rmSync(path);
    mkdirSync(path);
    refused(/ is not as it was prepared/);
  });

test("a file that no seal lists is not read", () => {
  writeFileSync(join(start, "other"), "");
  assert.throws(() => readSealed(web, "other"), { name: "SandboxError", message: /start\/other is not as it was/ });
});

test("a seal that is missing, cut off, or of another version is refused", () => {
  const seal = join(start, "seal");
  const text = readFileSync(seal, "utf8");
  for (let size = 0; size < text.length; size++) {
    writeFileSync(seal, text);
    truncateSync(seal, size);
    assert.throws(
      () => {
        requireWhole(web);
      },
      { name: "SandboxError", hint },
      `${size} bytes`,
    );
  }
  writeFileSync(seal, text.replace("start 1\n", "start 2\n"));
  assert.throws(
    () => {
      requireWhole(web);
    },
    { message: /start\/seal is of another version of sandboxcontainer/ },
  );
  writeFileSync(seal, text);
  appendFileSync(seal, "x");
  assert.throws(
    () => {
      requireWhole(web);
    },
    { message: /start\/seal is damaged/ },
  );
  rmSync(seal);
  assert.throws(
    () => {
      requireWhole(web);
    },
    { message: /start\/seal is missing/ },
  );
});
