import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { removeState } = await import("../../../helpers/sandbox/remove-sandbox.ts");
const state = join(top, "var/lib/sandboxcontainer");

after(() => {
  rmSync(top, { recursive: true });
});

// One that could not be removed made every other deletion fail.
test("what a killed deletion left goes with its own sandbox, and not with another one", async () => {
  const others = [".deleted-other-17", ".deleted-web-1-17", "web-1"];
  for (const folder of [...others, ".deleted-web-17", "web"])
    mkdirSync(join(state, folder, "root"), { recursive: true });
  await removeState(parseSandboxName("web"));
  assert.deepEqual(readdirSync(state).sort(), others.sort());
});
