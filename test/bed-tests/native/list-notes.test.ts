import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";

const bed = useBed("native");
const program = "/usr/local/bin/demo-sleep";

interface Facts {
  readonly name: string;
  readonly replacedFiles: readonly string[];
  readonly confChanged: boolean;
}
const listFacts = async (name: string): Promise<Facts> => {
  const all = JSON.parse(await bed.run("sandboxcontainer", "list", "--json")) as readonly Facts[];
  const found = all.find((each) => each.name === name);
  assert.ok(found);
  return found;
};
const readNotes = async (): Promise<string | undefined> =>
  /^napper +active .* (\S+) +\S+ infinity$/m.exec(await bed.run("sandboxcontainer", "list"))?.[1];
const replaceProgram = (): Promise<string> =>
  bed.run("sh", "-c", `cp /usr/bin/sleep ${program}.new && mv ${program}.new ${program}`);

before(async () => {
  await replaceProgram();
  for (const name of ["napper", "other"])
    await bed.run("sandboxcontainer", "create", name, "--package", "coreutils", "--", program, "infinity");
  await bed.run("systemctl", "start", "sandbox@napper");
});

after(async () => {
  for (const name of ["napper", "other"]) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.run("rm", "-f", program);
});

test("a sandbox that runs what is there has no notes", async () => {
  const { replacedFiles, confChanged } = await listFacts("napper");
  assert.deepEqual([replacedFiles, confChanged], [[], false]);
  assert.equal(await readNotes(), "-");
});

test("one whose program the host replaced needs a restart, and is told with the file", async () => {
  await replaceProgram();
  assert.deepEqual((await listFacts("napper")).replacedFiles, [program]);
  assert.deepEqual((await listFacts("other")).replacedFiles, []);
  assert.equal(await readNotes(), "needs-restart");
  const onTerminal = (more: string) =>
    bed.run("sh", "-c", `TERM=xterm-256color ${more} script -qec 'sandboxcontainer list' /dev/null`);
  assert.match(await onTerminal(""), /^napper {2}\x1b\[32mactive\x1b\[39m .*\x1b\[33mneeds-restart\x1b\[39m /m);
  assert.doesNotMatch(await onTerminal("NO_COLOR=1"), /\x1b/);
  await bed.run("systemctl", "restart", "sandbox@napper");
  assert.equal(await readNotes(), "-");
});

test("a conf that is newer than what runs is told until the restart, and not for a reload alone", async () => {
  await bed.run("sh", "-c", "printf '[Security]\\nCapabilities=-CAP_CHOWN\\n' >> /etc/sandboxcontainer/napper.conf");
  assert.equal((await listFacts("napper")).confChanged, true);
  await bed.run("systemctl", "daemon-reload");
  assert.equal((await listFacts("napper")).confChanged, true);
  assert.equal(await readNotes(), "conf-changed");
  await bed.run("systemctl", "restart", "sandbox@napper");
  assert.equal((await listFacts("napper")).confChanged, false);
  await bed.run("sh", "-c", "printf '[Service]\\nTimeoutStopSec=7\\n' >> /etc/sandboxcontainer/napper.conf");
  assert.equal((await listFacts("napper")).confChanged, true);
  await bed.run("systemctl", "daemon-reload");
  assert.equal((await listFacts("napper")).confChanged, false);
});
