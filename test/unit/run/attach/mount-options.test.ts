import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { memoryMount, readMountOptions, renderMountOptions } =
  await import("../../../../helpers/run/attach/mount-sources.ts");

const name = parseSandboxName("web1");
const state = join(top, "var/lib/sandboxcontainer/web1");
mkdirSync(state, { recursive: true });

after(() => {
  rmSync(top, { recursive: true });
});

test("what populate and label wrote becomes ids and a label", () => {
  writeFileSync(join(state, "ids"), "0:65536:65536\n");
  writeFileSync(join(state, "context"), "u:r:t:s0:c1,c2\n");
  const options = readMountOptions(name);
  assert.deepEqual(options, {
    owner: 65536,
    ids: { first: 65536, count: 65536 },
    context: "u:r:t:s0:c1,c2",
  });
  assert.deepEqual(memoryMount(options, "/x", { size: 1 }), {
    type: "tmpfs",
    to: "/x",
    flags: ["nosuid", "nodev"],
    options: { uid: 65536, gid: 65536, nr_inodes: "100k", context: "u:r:t:s0:c1,c2", size: 1 },
  });
});

test("`none` is no map and no label", () => {
  assert.deepEqual(renderMountOptions("none", "none"), { owner: 0, ids: undefined, context: undefined });
});

test("a damaged or missing file is refused, with its path and what to do", () => {
  assert.throws(() => renderMountOptions("0:x:65536", "none"), { name: "SandboxError", message: /0:x:65536/ });
  writeFileSync(join(state, "context"), "");
  assert.throws(() => readMountOptions(name), {
    message: /web1\/context is missing or empty/,
    hint: /sandbox-root@web1/,
  });
  rmSync(join(state, "ids"));
  assert.throws(() => readMountOptions(name), { message: /web1\/ids is missing or empty/ });
});
