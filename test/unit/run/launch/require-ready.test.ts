import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { lastWords, requireOwnUnit } from "../../../../helpers/run/launch/require-ready.ts";

const web = parseSandboxName("web");

const shown = "InactiveExitTimestamp=@1700000000\nResult=oom-kill\nExecMainStatus=9";

/** A host on which only the root was made, and whose journal has these errors since then. */
const host =
  (errors: string): typeof lastWords extends (name: never, run?: infer Run) => unknown ? NonNullable<Run> : never =>
  (program, args) => {
    const isRoot = args.some((word) => word.includes("sandbox-root@web.service"));
    const output = program === "systemctl" ? shown : args.includes("--since=@1700000000") ? errors : "";
    return Promise.resolve({ status: 0, output: isRoot ? output : "InactiveExitTimestamp=" });
  };

test("a step that was not done is explained by what it said this time", async () => {
  assert.equal(await lastWords(web, host("no space")), "no space");
});

test("one that said nothing this time is not explained by an earlier failure", async () => {
  assert.match(await lastWords(web, host("")), /^the kernel killed it, because the memory/);
});

test("only systemd may start a sandbox, as its service", () => {
  requireOwnUnit(web, "1:name=systemd:/system.slice/sandbox@web.service\n0::/");
  requireOwnUnit(web, "0::/customers.slice/sandbox@web.service/payload\n");
  for (const unit of [
    "user.slice/user-0.slice/session-1.scope",
    "system.slice/sandbox@web.service.d",
    "sandbox@web1.service",
  ])
    assert.throws(() => {
      requireOwnUnit(web, `0::/${unit}\n`);
    }, /^SandboxError: launch is a part of sandbox@web\.service, and does nothing elsewhere$/);
});
