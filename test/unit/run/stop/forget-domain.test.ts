import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { QuickResult } from "../../../../helpers/host/process/run-quick.ts";
import { forgetDomain, type ForgetHost } from "../../../../helpers/run/stop/forget-domain.ts";

const web = parseSandboxName("web");

/** Returns the steps, depending on whether libvirt runs and whether it destroys the domain. */
async function forget(isRunning: boolean, result: QuickResult = { status: 0, output: "" }): Promise<readonly string[]> {
  const done: string[] = [];
  const host: ForgetHost = {
    isLibvirtRunning: () => isRunning,
    destroyDomain: () => {
      done.push("destroy");
      return Promise.resolve(result);
    },
    killContainer: () => done.push("kill"),
    removeDomainFiles: () => done.push("remove"),
    warn: (text) => done.push(text),
  };
  await forgetDomain(web, host);
  return done;
}

test("its processes are ended, and libvirt destroys the domain", async () => {
  assert.deepEqual(await forget(true), ["kill", "destroy"]);
});

test("a libvirt that does not run is not asked, as its socket would start it", async () => {
  assert.deepEqual(await forget(false), ["kill", "remove"]);
});

test("when libvirt does not do it, nothing of the domain is left, and the reason is told", async () => {
  const [, , warning, ...rest] = await forget(true, { status: 1, output: "internal error" });
  assert.match(warning ?? "", /did not destroy domain web: internal error.*\/run\/libvirt\/lxc\/web\.xml/);
  assert.deepEqual(rest, ["remove"]);
});

test("a libvirt that hangs is not waited for longer than it may take", async () => {
  const [, , warning] = await forget(true, { status: 137, output: "" });
  assert.match(warning ?? "", /no answer within 45 s/);
});
