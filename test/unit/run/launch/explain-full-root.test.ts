import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError, SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { explainFullRoot } from "../../../../helpers/run/launch/explain-full-root.ts";

const web = parseSandboxName("web");
const refusal = new SandboxError("libvirt refused");
const explain = (bfree: number, files: number, ffree: number, isInImage = true): string =>
  describeError(explainFullRoot(web, refusal, isInImage, () => ({ bfree, files, ffree })));

test("libvirt's refusal is explained by a root without space or inodes, and by nothing else", () => {
  assert.match(explain(0, 100, 50), /root of web has no space left.*: libvirt refused\..*resize web SIZE/);
  assert.match(explain(0, 100, 50, false), /Remove something below \S+\/root$/);
  assert.match(explain(50, 100, 0), /root of web has no space left/);
  assert.equal(explain(1, 100, 1), "libvirt refused");
  assert.equal(explain(1, 0, 0), "libvirt refused");
});

test("a folder in the root for which there was no space is enough: some blocks of a full image were free", () => {
  const words = new SandboxError(
    "Failed to create /run/host/sandboxcontainer/web/root/.oldroot: No space left on device",
  );
  const roomy = { bfree: 9, files: 9, ffree: 9 };
  assert.match(explainFullRoot(web, words, true, () => roomy).message, /root of web has no space left/);
});
