import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { findReason } from "../../../../helpers/host/libvirt/domain-files.ts";

const web = parseSandboxName("web");
const log = `2026-11-30 15:08:19.705+0000: starting up
Failure in libvirt_lxc startup: of an earlier start
2026-11-30 15:08:31.501+0000: starting up
PATH=/usr/bin TERM=dumb /usr/libexec/sandboxcontainer/inside/filter 185 32 0
2026-11-30 15:08:31.587+0000: 1: error : lxcContainerPivotRoot:659 : Failed to create /x/.oldroot: Read-only file system
Failure in libvirt_lxc startup: Failed to create /x/.oldroot: Read-only file system
2026-11-30 15:08:31.587+0000: 383: error : virLXCControllerRun:2393 : error receiving signal from container
Failure in libvirt_lxc startup: error receiving signal from container: Input/output error
`;
const tooLong = "internal error: Out of space while reading log output: PATH=/usr/bin 185 32 0";

test("libvirt's words are the reason", () => {
  assert.equal(
    findReason(web, "no memory", () => log),
    "no memory",
  );
});

test("of a log that is too long for libvirt the reason is the first failure of this start: it was numbers of the filter", () => {
  assert.equal(
    findReason(web, tooLong, () => log),
    "Failed to create /x/.oldroot: Read-only file system",
  );
});

test("without a log that says more they stay", () => {
  for (const found of [undefined, "", "Failure"])
    assert.equal(
      findReason(web, tooLong, () => found),
      tooLong,
    );
});
