import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { removeIfThere } from "../../../base/files.ts";

const top = mkdtempSync(join(tmpdir(), "remove-"));

after(() => {
  rmSync(top, { recursive: true });
});

test("a file, a folder and a link that leads nowhere are removed, and what is not there is fine", () => {
  const path = join(top, "it");
  writeFileSync(path, "");
  removeIfThere(path);
  mkdirSync(join(path, "below"), { recursive: true });
  removeIfThere(path);
  symlinkSync("/nowhere", path);
  removeIfThere(path);
  removeIfThere(path);
  assert.ok(!existsSync(path));
});

// Only root can make a mount namespace.
const needsRoot = { skip: process.getuid?.() !== 0 && "needs root, to mount" };

test("what is not there is fine on a read-only file system too", needsRoot, () => {
  const module = join(import.meta.dirname, "../../../base/files.ts");
  const script = `import("${module}").then(({ removeIfThere }) => removeIfThere("${top}/it"))`;
  const mount = `mount -t tmpfs -o ro none "$0" && exec "$@"`;
  execFileSync("unshare", ["--mount", "sh", "-c", mount, top, process.execPath, "-e", script]);
});
