import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { readingTree } from "../../../helpers/sandbox/snapshots/copy-root.ts";
import { eventually, useBed } from "../bed.ts";

const bed = useBed("native");
const shell = (commands: string): Promise<string> => bed.run("sh", "-c", commands);
const tree = "/var/lib/sandboxcontainer/held/root";

before(async () => {
  await bed.run("sandboxcontainer", "create", "held", "-u", "apache2.service", "-p", "8121:80");
  await bed.run("sh", "-c", "printf '[Network]\\nOnDemand=yes\\n' >> /etc/sandboxcontainer/held.conf");
  await shell(
    "systemctl daemon-reload; systemctl start sandbox-held-8121.socket || systemctl start 'sandbox-held-*.socket'",
  );
});

after(async () => {
  await bed.try("sh", "-c", "[ ! -p /root/gate ] || { exec 3<>/root/gate; echo >&3; }; rm -f /root/gate");
  for (const name of ["held", "held-b"]) await bed.try("sandboxcontainer", "delete", "--force", name);
});

// A3
test(
  "nobody starts a sandbox while it is copied, and who tries learns who holds it",
  { timeout: 300_000 },
  async () => {
    // The export waits for the reader of the pipe, which waits for us.
    await shell("mkfifo /root/gate");
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
      ["delete", "held"],
      ["clone", "held", "held-b", "-p", "8122:80"],
    ]) {
      const refused = await bed.try("sandboxcontainer", ...verb);
      assert.equal(refused.status, 1, verb.join(" "));
      assert.match(
        refused.stderr,
        /^sandbox held is held by `sandboxcontainer export held - \(process \d+\)`\. Try again/,
      );
    }
    const upgraded = await bed.try("systemctl", "start", "sandbox-upgrade@held");
    assert.equal(upgraded.status, 1);
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
test("who holds a sandbox and is killed holds it no more", async () => {
  await bed.run("sandboxcontainer", "stop", "held");
  const exporter = bed.try("sh", "-c", "sandboxcontainer export held - | { read -r _ </root/gate; }");
  await eventually(async () => {
    await bed.run("test", "-e", "/run/sandboxcontainer/.held-held");
    await bed.run("pkill", "-KILL", "-f", "bin/sandboxcontainer export held");
  });
  await bed.run("sandboxcontainer", "start", "held");
  await bed.run("sandboxcontainer", "stop", "held");
  await bed.try("sh", "-c", "timeout 5 sh -c 'echo > /root/gate'");
  await exporter;
});

// A3
test("a tree is copied without a way out of it: a link in it leads nowhere", async () => {
  await shell(`ln -s /etc ${tree}/srv/out`);
  const looked = await bed.try(...readingTree(tree, ["cat", `${tree}/srv/out/hostname`]));
  assert.notEqual(looked.status, 0);
  assert.match(looked.stderr, /symbolic links/);
  assert.notEqual((await bed.try(...readingTree(tree, ["touch", `${tree}/srv/written`]))).status, 0);
  await bed.run("sandboxcontainer", "clone", "held", "held-b", "-p", "8122:80");
  assert.equal(await bed.run("readlink", "/var/lib/sandboxcontainer/held-b/root/srv/out"), "/etc");
});
