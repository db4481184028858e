import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { idleUnit, installPackage } from "../demo-package.ts";
import { deleteAfter } from "../delete-after.ts";
import { findUnexpectedDenials, markDenials } from "./denials.ts";

const bed = useBed("selinux");
const ask = (...words: readonly string[]): Promise<string> => bed.run("sandboxcontainer", ...words);
const inside = (name: string, script: string): Promise<string> => ask("execute", name, "--", "sh", "-c", script);
const levelOf = async (name: string): Promise<string> => {
  const { level } = JSON.parse(await ask("show", "--json", name)) as { level: string };
  return level;
};

/** Finds the contexts below a tree that do not belong to its sandbox. */
async function findStrays(name: string): Promise<string> {
  const context = `system_u:object_r:sandboxcontainer_file_t:${await levelOf(name)}`;
  return bed.run("find", `/var/lib/sandboxcontainer/${name}/root`, "!", "-context", context);
}

const files = (both: string, host: string) => ({
  "/usr/lib/systemd/system/demo.service": idleUnit,
  "/etc/demo/both": both,
  "/etc/demo/host": host,
});
let mark: string;

/** Starts a sandbox of the package, with data of its own. It goes with the test. */
async function makeDemo(context: TestContext, name: string): Promise<void> {
  deleteAfter(context, bed, name);
  await ask("create", name, "--unit", "demo.service", "--start");
  await inside(
    name,
    "sed -i s/^a/A/ /etc/demo/both; echo precious >/var/lib/demo/data; ln -s /etc/shadow /var/lib/demo/link",
  );
}

before(async () => {
  await installPackage(bed, "demo", "1", files("a\nb\nc\nd\n", "one\n"), "touch /var/lib/demo-made");
  await bed.run("systemctl", "daemon-reload");
  mark = await markDenials(bed);
});

after(() => bed.try("sh", "-c", "dpkg --purge demo; rm -rf /var/lib/demo-made"));

test("a root follows the host's package, and keeps level, labels and data", async (context) => {
  await makeDemo(context, "demo");
  const level = await levelOf("demo");
  await installPackage(bed, "demo", "2", files("a\nb\nc\nD\n", "two\n"));
  assert.match(await ask("diff", "demo"), /\/etc\/demo\/both/);
  assert.match(await ask("why", "demo", "/etc/demo/host"), /demo/);
  await ask("upgrade", "--restart", "demo");
  assert.equal(
    await inside("demo", "cat /etc/demo/both /etc/demo/host /var/lib/demo/data"),
    "A\nb\nc\nD\ntwo\nprecious",
  );
  assert.equal(await levelOf("demo"), level);
  assert.equal(await findStrays("demo"), "");
});

test("an archive takes another level where it is unpacked", async (context) => {
  await makeDemo(context, "demo-a");
  deleteAfter(context, bed, "demo-b");
  context.after(() => bed.run("rm", "-f", "/root/demo.tar.zst"));
  await ask("stop", "demo-a");
  await ask("export", "demo-a", "/root/demo.tar.zst");
  await ask("import", "/root/demo.tar.zst", "demo-b");
  await ask("start", "demo-b");
  assert.equal(await inside("demo-b", "cat /var/lib/demo/data; readlink /var/lib/demo/link"), "precious\n/etc/shadow");
  assert.notEqual(await levelOf("demo-b"), await levelOf("demo-a"));
  assert.equal(await findStrays("demo-b"), "");
});

test("the host's data has the sandbox's label when it is copied", async (context) => {
  deleteAfter(context, bed, "demo-copy");
  context.after(() => bed.run("rm", "-rf", "/var/lib/demo"));
  await bed.run("sh", "-c", "mkdir -p /var/lib/demo; echo host >/var/lib/demo/data; chmod 0640 /var/lib/demo/data");
  await ask("create", "demo-copy", "--unit", "demo.service", "--copy", "--start");
  assert.equal(await inside("demo-copy", "stat --format=%a /var/lib/demo/data; cat /var/lib/demo/data"), "640\nhost");
  assert.equal(await findStrays("demo-copy"), "");
});

test("nothing was denied that is not expected", async () => {
  assert.deepEqual(await findUnexpectedDenials(bed, mark), []);
});
