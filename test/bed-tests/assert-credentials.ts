import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type Bed, eventually } from "./bed.ts";
import { useCommand } from "./command.ts";
import { useSandboxes } from "./sandbox.ts";

/**
 * Gives a unit and a command a credential, and a changed one with a reload, whatever walls the bed has. Nobody else inside may read
 * or write it.
 */
export async function assertCredentials(context: TestContext, bed: Bed): Promise<void> {
  const { inside } = useCommand(bed);
  const { make } = useSandboxes(bed);
  const [file, unit] = ["/root/token", "/etc/systemd/system/given.service"];
  context.after(() => bed.run("sh", "-c", `rm -f ${file} ${unit}; systemctl daemon-reload`));
  const write = (text: string): Promise<unknown> => bed.feed(text, "sh", "-c", `umask 077; cat >${file}`);
  await write("first\n");
  const lines = ["User=www-data", "ExecStart=/usr/bin/sleep infinity", "ExecReload=/usr/bin/true"];
  await bed.feed(`[Service]\n${lines.join("\n")}\n`, "sh", "-c", `cat >${unit}; systemctl daemon-reload`);
  const ignoring = "trap : HUP; while :; do sleep 1; done";
  const options = ["--credential", `token=${file}`, "--start"];
  await make(context, "given", ...options, "--unit", "given.service");
  await make(context, "shows", ...options, "--uid", "www-data", "--", "/bin/sh", "-c", ignoring);
  const places = { given: "/run/credentials/given.service/token", shows: "/run/host/credentials/token" };
  const assertGiven = async (text: string): Promise<void> => {
    for (const [name, place] of Object.entries(places)) {
      const read = (user: string) => inside(name, `setpriv --reuid=${user} --clear-groups cat ${place}`);
      await eventually(async () => {
        assert.deepEqual(await read("www-data"), { status: 0, stdout: text, stderr: "" }, name);
      });
      assert.notEqual((await read("nobody")).status, 0, name);
      assert.notEqual((await inside(name, `echo x >${place}`)).status, 0, name);
    }
  };
  await assertGiven("first\n");
  await write("second\n");
  for (const name of Object.keys(places)) await bed.run("systemctl", "reload", `sandbox@${name}`);
  await assertGiven("second\n");
}
