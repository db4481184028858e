import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { idleUnit, installPackage } from "../demo-package.ts";

const bed = useBed("native");

interface Facts {
  readonly name: string;
  readonly replacedFiles: readonly string[];
  readonly confChanged: boolean;
  readonly outdatedPackages: number | null;
  readonly outdatedFiles: readonly string[];
}
const listFacts = async (name: string): Promise<Facts> => {
  const all = JSON.parse(await bed.run("sandboxcontainer", "list", "--json")) as readonly Facts[];
  const found = all.find((each) => each.name === name);
  assert.ok(found);
  return found;
};
const readNotes = async (name: string): Promise<string | undefined> =>
  new RegExp(`^${name} +active .* (\\S+) +\\S+ infinity$`, "m").exec(await bed.run("sandboxcontainer", "list"))?.[1];
const replaceProgram = (program: string): Promise<string> =>
  bed.run("sh", "-c", `cp /usr/bin/sleep ${program}.new && mv ${program}.new ${program}`);

/** Starts a sandbox that runs a program of its own, and makes others of the same program. Returns the program's path. */
async function makeNapper(context: TestContext, name: string, ...others: readonly string[]): Promise<string> {
  const program = `/usr/local/bin/${name}-sleep`;
  context.after(() => bed.run("rm", "-f", program));
  deleteAfter(context, bed, name, ...others);
  await replaceProgram(program);
  for (const each of [name, ...others])
    await bed.run("sandboxcontainer", "create", each, "--package", "coreutils", "--", program, "infinity");
  await bed.run("systemctl", "start", `sandbox@${name}`);
  return program;
}

test("a sandbox that runs what is there has no notes", async (context) => {
  await makeNapper(context, "current");
  const { replacedFiles, confChanged } = await listFacts("current");
  assert.deepEqual([replacedFiles, confChanged], [[], false]);
  assert.equal(await readNotes("current"), "-");
});

test("one whose program the host replaced needs a restart, and is told with the file", async (context) => {
  const program = await makeNapper(context, "napper", "other");
  await replaceProgram(program);
  assert.deepEqual((await listFacts("napper")).replacedFiles, [program]);
  assert.deepEqual((await listFacts("other")).replacedFiles, []);
  assert.equal(await readNotes("napper"), "needs-restart");
  const onTerminal = (more: string) =>
    bed.run("sh", "-c", `TERM=xterm-256color ${more} script -qec 'sandboxcontainer list' /dev/null`);
  assert.match(await onTerminal(""), /^napper {2}\x1b\[32mactive\x1b\[39m .*\x1b\[33mneeds-restart\x1b\[39m /m);
  assert.doesNotMatch(await onTerminal("NO_COLOR=1"), /\x1b/);
  await bed.run("systemctl", "restart", "sandbox@napper");
  assert.equal(await readNotes("napper"), "-");
});

test("a conf that is newer than what runs is told until the restart, and not for a reload alone", async (context) => {
  await makeNapper(context, "edited");
  await bed.run("sh", "-c", "printf '[Security]\\nCapabilities=-CAP_CHOWN\\n' >> /etc/sandboxcontainer/edited.conf");
  assert.equal((await listFacts("edited")).confChanged, true);
  await bed.run("systemctl", "daemon-reload");
  assert.equal((await listFacts("edited")).confChanged, true);
  assert.equal(await readNotes("edited"), "conf-changed");
  await bed.run("systemctl", "restart", "sandbox@edited");
  assert.equal((await listFacts("edited")).confChanged, false);
  await bed.run("sh", "-c", "printf '[Service]\\nTimeoutStopSec=7\\n' >> /etc/sandboxcontainer/edited.conf");
  assert.equal((await listFacts("edited")).confChanged, true);
  await bed.run("systemctl", "daemon-reload");
  assert.equal((await listFacts("edited")).confChanged, false);
});

test("a package that the host has in another version is counted until the upgrade", async (context) => {
  context.after(() => bed.run("dpkg", "--purge", "aged"));
  deleteAfter(context, bed, "aged", "unmade");
  const unit = { "/usr/lib/systemd/system/aged.service": idleUnit };
  await installPackage(bed, "aged", "1", unit);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("sandboxcontainer", "create", "aged", "--unit", "aged.service");
  await bed.feed("[Sandbox]\nExec=/bin/true\n", "sh", "-c", "cat >/etc/sandboxcontainer/unmade.conf");
  assert.equal((await listFacts("unmade")).outdatedPackages, null);
  assert.equal((await listFacts("aged")).outdatedPackages, 0);
  await installPackage(bed, "aged", "2", unit);
  assert.equal((await listFacts("aged")).outdatedPackages, 1);
  assert.match(await bed.run("sandboxcontainer", "list"), /^aged +inactive .* outdated +aged\.service$/m);
  await bed.run("sandboxcontainer", "upgrade", "aged");
  assert.equal((await listFacts("aged")).outdatedPackages, 0);
});

test("a changed time zone of the host is noted until the upgrade", async (context) => {
  const zone = await bed.run("readlink", "/etc/localtime");
  context.after(() => bed.run("ln", "-sfn", zone, "/etc/localtime"));
  await makeNapper(context, "zoned");
  assert.equal(await readNotes("zoned"), "-");
  await bed.run("ln", "-sfn", "/usr/share/zoneinfo/Asia/Tokyo", "/etc/localtime");
  assert.equal(await readNotes("zoned"), "outdated");
  assert.deepEqual((await listFacts("zoned")).outdatedFiles, ["/etc/localtime"]);
  await bed.run("sandboxcontainer", "upgrade", "--restart", "zoned");
  assert.equal(await readNotes("zoned"), "-");
});
