import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test, type TestContext } from "node:test";
import { promisify } from "node:util";
import { useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native");
const top = join(import.meta.dirname, "../../..");
const call = promisify(execFile);
const dpkg = (...words: readonly string[]) => bed.run("env", "DEBIAN_FRONTEND=noninteractive", "dpkg", ...words);
const fetchPage = (port: number) => bed.run("curl", "-sf", `http://127.0.0.1:${port}/`);

// Removes what make install put into the bed, so that it cannot hide a file that the package lacks.
const installed =
  "rm -rf /usr/bin/sandboxcontainer /usr/lib/sandboxcontainer /usr/libexec/sandboxcontainer /usr/lib/systemd/system/sandbox*" +
  " /usr/lib/systemd/system-generators/sandboxcontainer-generator";

const defaults = "/etc/sandboxcontainer/defaults.conf.d";

/** Installs the package, unless it is installed, with the bed's defaults. */
async function install(): Promise<void> {
  await bed.run("sh", "-c", `mkdir -p /etc/sandboxcontainer; test -e ${defaults} || cp -a /root/defaults ${defaults}`);
  const status = await bed.try("dpkg-query", "--show", "--showformat=${Status}", "sandboxcontainer");
  if (status.stdout !== "install ok installed") await dpkg("--install", "/root/package.deb");
}

/** Installs the package, and starts a web server in a sandbox that goes with the test. Its port has been used. */
async function makePacked(context: TestContext, name: string, port: number): Promise<void> {
  context.after(install);
  deleteAfter(context, bed, name);
  await install();
  await bed.run(
    "sh",
    "-c",
    `sandboxcontainer create ${name} --unit apache2.service --publish ${port}:80 --start >/root/out 2>&1`,
  );
  // The proxy of the port runs from now on. Without the package a first connection would find none.
  assert.match(await fetchPage(port), /Apache/);
}

before(async () => {
  await call("make", ["--silent", "-C", top, "deb"]);
  const file = (await readdir(join(top, "build"))).find((name) => name.endsWith(".deb"));
  assert.ok(file);
  await call(join(top, "test/bed"), ["push", "native", join(top, "build", file), "/root/package.deb"]);
  await bed.run("cp", "-a", defaults, "/root/defaults");
  await bed.run("sh", "-c", `${installed}; systemctl daemon-reload`);
});

after(async () => {
  await bed.try("dpkg", "--purge", "sandboxcontainer");
  await bed.run("sh", "-c", `mkdir -p /etc/sandboxcontainer; test -e ${defaults} || cp -a /root/defaults ${defaults}`);
  await call(join(top, "test/bed"), ["up", "native"]);
});

test("installed from its package, it makes and runs a sandbox", async (context) => {
  await makePacked(context, "packed", 8091);
  assert.equal(await bed.run("stat", "-c", "%a", "/var/lib/sandboxcontainer"), "700");
});

test("V8 takes the code of the generator that comes with it", async (context) => {
  await install();
  const folder = "/usr/lib/sandboxcontainer";
  if ((await bed.try("test", "-e", `${folder}/generator.code`)).status !== 0) {
    context.skip("Bun has the code in its executable");
    return;
  }
  const script = `const { readFileSync } = require("node:fs");
    const source = "(require) => {" + readFileSync("${folder}/generator.cjs", "latin1") + "\\n}";
    new vm.Script(source, { cachedData: readFileSync("${folder}/generator.code") }).cachedDataRejected`;
  const generator = await bed.run("cat", "/usr/lib/systemd/system-generators/sandboxcontainer-generator");
  const [, words] = /^\s*exec (.*) \S+ "\$@"$/m.exec(generator) ?? [];
  assert.ok(words);
  assert.equal(await bed.run(...words.split(" "), "--print", script), "false");
});

test("removing the package leaves a running sandbox alone, and says so", async (context) => {
  await makePacked(context, "removed", 8092);
  assert.match(await dpkg("--remove", "sandboxcontainer"), /keep running.*sandbox@removed\.service/);
  assert.match(await fetchPage(8092), /Apache/);
});

test("purging it leaves the data of a running sandbox", async (context) => {
  await makePacked(context, "purged", 8093);
  await dpkg("--purge", "sandboxcontainer");
  assert.match(await fetchPage(8093), /Apache/);
  await bed.run("test", "-e", "/var/lib/sandboxcontainer/purged/root/etc/hostname");
});

test("a sandbox stops without the package, and starts again with it", async (context) => {
  await makePacked(context, "again", 8094);
  await dpkg("--purge", "sandboxcontainer");
  await bed.run("systemctl", "stop", "sandbox@again");
  await dpkg("--install", "/root/package.deb");
  await bed.run("sh", "-c", "systemctl start sandbox@again >/root/out 2>&1");
  assert.match(await fetchPage(8094), /Apache/);
});

test("purging asks about the data: by default it stays, with a yes it goes", async (context) => {
  await makePacked(context, "asked", 8095);
  await bed.run("systemctl", "stop", "sandbox@asked");
  await dpkg("--purge", "sandboxcontainer");
  await bed.run(
    "test",
    "-e",
    "/var/lib/sandboxcontainer/asked/state.json",
    "-a",
    "-e",
    "/etc/sandboxcontainer/asked.conf",
  );
  await dpkg("--install", "/root/package.deb");
  deleteAfter(context, bed, "mounted");
  await bed.run("sandboxcontainer", "create", "mounted", "--imagesize", "64M", "--", "/usr/bin/true");
  await bed.run("mountpoint", "-q", "/var/lib/sandboxcontainer/mounted/image");
  await bed.feed("sandboxcontainer sandboxcontainer/purge-data boolean true\n", "debconf-set-selections");
  await dpkg("--purge", "sandboxcontainer");
  assert.equal((await bed.try("ls", "-d", "/var/lib/sandboxcontainer", "/etc/sandboxcontainer")).stdout, "");
  assert.equal((await bed.try("sh", "-c", "semodule -l | grep sandboxcontainer")).stdout, "");
});
