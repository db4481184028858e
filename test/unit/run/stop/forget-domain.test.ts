import assert from "node:assert/strict";
import { test } from "node:test";
import { SandboxError } from "../../../../generator/conf/sandbox-error.ts";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { type ForgetHost, forgetDomain } from "../../../../helpers/run/stop/forget-domain.ts";

const web = parseSandboxName("web");

/** What is done when libvirt runs or not, and destroys the domain or not. */
async function forget(isRunning: boolean, failure?: Error): Promise<readonly string[]> {
  const done: string[] = [];
  const host: ForgetHost = {
    isLibvirtRunning: () => isRunning,
    destroyDomain: async () => {
      done.push("destroy");
      await (failure === undefined ? Promise.resolve() : Promise.reject(failure));
    },
    killContainer: () => done.push("kill"),
    removeDomainFiles: () => done.push("remove"),
    warn: (text) => done.push(text),
  };
  await forgetDomain(web, host);
  return done;
}

test("libvirt destroys the domain", async () => {
  assert.deepEqual(await forget(true), ["destroy"]);
});

test("a libvirt that does not run is not asked, as its socket would start it", async () => {
  assert.deepEqual(await forget(false), ["kill", "remove"]);
});

test("when libvirt does not do it, nothing of the domain is left, and the reason is told", async () => {
  const [, warning, ...rest] = await forget(true, new SandboxError("`destroy web` did not end within 45 s"));
  assert.match(warning ?? "", /did not destroy the domain web: .*within 45 s.*\/run\/libvirt\/lxc\/web\.xml/);
  assert.deepEqual(rest, ["kill", "remove"]);
});
