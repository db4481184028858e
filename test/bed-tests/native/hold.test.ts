import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { readingTree } from "../../../helpers/sandbox/snapshots/copy-root.ts";
import { eventually, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const shell = (commands: string): Promise<string> => bed.run("sh", "-c", commands);
const { deleteAfter, make } = useSandboxes(bed);

/** Makes a stopped web server that starts with the first connection to its port. */
async function makeOnDemand(t: TestContext, name: string, port: number): Promise<void> {
  await make(t, name, "-u", "apache2.service", "-p", `${port}:80`);
  await shell(`printf '[Network]\\nOnDemand=yes\\n' >> /etc/sandboxcontainer/${name}.conf; systemctl daemon-reload`);
  await bed.run("systemctl", "start", `sandbox-${name}-${port}.socket`);
}

/** Makes a pipe for one test. Afterwards it lets go of whoever waits at it. */
async function makeGate(t: TestContext, gate: string): Promise<void> {
  t.after(() => bed.try("sh", "-c", `exec 3<>${gate}; echo >&3; rm ${gate}`));
  await bed.run("mkfifo", gate);
}

// A3
test(
  "nobody starts a sandbox while it is copied, and who tries learns who holds it",
  { timeout: 300_000 },
  async (t) => {
    // The export waits for the reader of this pipe, which waits for us.
    await makeGate(t, "/root/gate");
    await makeOnDemand(t, "held", 8121);
    deleteAfter(t, "held-b", "other");
    const exported = bed.run("sh", "-c", "sandboxcontainer export held - | { read -r _ </root/gate; cat >/dev/null; }");
    await eventually(async () => {
      assert.match(
        await bed.run("systemctl", "is-active", "sandbox-hold@held").catch((error: unknown) => String(error)),
        /activating/,
      );
    });
    const page = bed.run("curl", "-sS", "--max-time", "200", "http://127.0.0.1:8121/");
    const started = bed.try("sandboxcontainer", "start", "held");
    for (const verb of [
      ["rename", "held", "other"],
      ["snapshot", "held"],
      ["delete", "--force", "held"],
      ["clone", "held", "held-b", "-p", "8122:80"],
      ["upgrade", "held"],
    ]) {
      const refused = await bed.try("sandboxcontainer", ...verb);
      assert.equal(refused.status, 1, verb.join(" "));
      assert.match(
        refused.stderr,
        /^sandbox held is held by `sandboxcontainer export held - \(process \d+\)`\. Try again/,
      );
    }
    assert.equal((await bed.try("systemctl", "is-active", "sandbox@held")).stdout.trim(), "inactive");
    assert.match(await bed.journal("--unit=sandbox@held"), /held is held by `sandboxcontainer export held -/);
    await shell("echo > /root/gate");
    await exported;
    const { status, stderr } = await started;
    assert.equal(status, 0, stderr);
    assert.match(stderr, /held cannot start until `sandboxcontainer export held - .*Waiting/);
    assert.match(await page, /Apache/);
  },
);

// A3
test("who holds a sandbox and is killed holds it no more", async (t) => {
  await makeGate(t, "/root/gate");
  await make(t, "freed", "-u", "apache2.service");
  const exporter = bed.try("sh", "-c", "sandboxcontainer export freed - | { read -r _ </root/gate; }");
  await eventually(async () => {
    await bed.run("test", "-e", "/run/sandboxcontainer/.held-freed");
    await bed.run("pkill", "-KILL", "-f", "bin/sandboxcontainer export freed");
  });
  await bed.run("sandboxcontainer", "start", "freed");
  await bed.run("sandboxcontainer", "stop", "freed");
  await bed.try("sh", "-c", "timeout 5 sh -c 'echo > /root/gate'");
  await exporter;
});

// A3
test("a tree is copied without a way out of it: a link in it leads nowhere", async (t) => {
  await make(t, "linked", "-u", "apache2.service", "-p", "8121:80");
  deleteAfter(t, "linked-b");
  const tree = "/var/lib/sandboxcontainer/linked/root";
  await shell(`ln -s /etc ${tree}/srv/out`);
  const looked = await bed.try(...readingTree(tree, ["cat", `${tree}/srv/out/hostname`]));
  assert.notEqual(looked.status, 0);
  assert.match(looked.stderr, /symbolic links/);
  assert.notEqual((await bed.try(...readingTree(tree, ["touch", `${tree}/srv/written`]))).status, 0);
  await bed.run("sandboxcontainer", "clone", "linked", "linked-b", "-p", "8122:80");
  assert.equal(await bed.run("readlink", "/var/lib/sandboxcontainer/linked-b/root/srv/out"), "/etc");
});

test("the journal names no holder while nobody else wants to start a sandbox", async (t) => {
  const since = await bed.run("date", "+%F %T");
  deleteAfter(t, "quiet");
  await bed.run("sandboxcontainer", "create", "quiet", "--start", "--unit", "apache2.service");
  await bed.run("sandboxcontainer", "snapshot", "quiet", "first", "--running");
  await shell("echo x >>/var/lib/sandboxcontainer/quiet/root/etc/apache2/apache2.conf");
  await bed.run("sandboxcontainer", "revert", "--restart", "quiet", "/etc/apache2/apache2.conf");
  assert.doesNotMatch(await bed.journal("--unit=sandbox@quiet", `--since=${since}`), /is held by/);
});
