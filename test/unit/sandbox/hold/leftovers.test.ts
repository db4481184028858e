import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { findLeftovers } = await import("../../../../helpers/sandbox/hold/leftovers.ts");
const { draftOf, readUnfinished, removeUnfinished, writeUnfinished } =
  await import("../../../../helpers/sandbox/hold/unfinished.ts");

const [web, other] = [parseSandboxName("web"), parseSandboxName("web.new")];
mkdirSync(join(top, "var/lib/sandboxcontainer"), { recursive: true });

after(() => {
  rmSync(top, { recursive: true });
});

// It was written to a file that was the record of the other.
test("the record of a command does not touch that of another sandbox, whatever its name", () => {
  writeUnfinished(other, { kind: "done" });
  writeUnfinished(web, { kind: "deleting" });
  assert.equal(readUnfinished(other)?.task.kind, "done");
  for (const name of [web, other]) removeUnfinished(name);
});

// `web.new` was deleted after the next boot.
test("a record that was half-written is nobody's, and is left over", async () => {
  writeFileSync(draftOf(web), '{"command":["delete","web"],"folder":"/","task":{"kind":"deleting"}}\n');
  assert.deepEqual(await findLeftovers(), { paths: [draftOf(web)], unfinished: [], frozen: [] });
  rmSync(draftOf(web));
});
