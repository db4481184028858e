import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { deleteAfter } = useSandboxes(bed);
const conf = "/etc/sandboxcontainer/open1.conf";
const sleep = ["--", "/usr/bin/sleep", "infinity"];

test("whoever lets a proxy open a port to the network is told that clients appear inside as 127.0.0.1", async (t) => {
  deleteAfter(t, "open1", "open2", "open3");
  t.after(() => bed.try("rm", "-f", "/root/open1.tar.zst", "/root/open1.new"));
  const tells = async (port: string, ...words: readonly string[]): Promise<void> => {
    const { status, stderr } = await command(...words);
    assert.equal(status, 0, stderr);
    assert.match(
      stderr,
      new RegExp(`^warning: Publish=${port}: clients from anywhere appear inside as 127\\.0\\.0\\.1`),
    );
  };
  const isSilent = async (...words: readonly string[]): Promise<void> => {
    const { status, stderr } = await command(...words);
    assert.deepEqual([status, stderr], [0, ""], words.join(" "));
  };
  const byProxy = ["--publish", "8136:80", "--set", "PublishBy=proxy"];
  await tells("8136:80", "create", "open1", ...byProxy, "--dry-run", ...sleep);
  await isSilent("create", "open1", "--publish", "127.0.0.1:8131:80", ...sleep);
  await isSilent("verify", "open1");
  // The kernel keeps the clients' addresses.
  await isSilent("set", "open1", "Publish+=8136:80");
  await tells("8136:80", "set", "open1", "PublishBy=proxy");
  await isSilent("set", "open1", "Publish-=8136:80");
  await tells("8132:80", "set", "open1", "Publish+=8132:80");
  await isSilent("set", "open1", "TimeoutStopSec=20");
  await bed.run("sh", "-c", `sed 's/^Publish=8132:80/&\\nPublish=8133:80/' ${conf} > /root/open1.new`);
  await tells("8133:80", "edit", "open1", "--replace", "/root/open1.new");
  await tells("8134:80", "clone", "open1", "open2", "--publish", "8134:80");
  await command("export", "open1", "/root/open1.tar.zst");
  await isSilent("import", "/root/open1.tar.zst", "open3", "--publish", "127.0.0.1:8135:80");
  await command("delete", "--force", "open3");
  await tells("8135:80", "import", "/root/open1.tar.zst", "open3", "--publish", "8135:80");

  const { stdout } = await command("verify", "open1");
  assert.match(stdout, /open1\.conf:\d+: Publish=8132:80 Publish=8133:80: clients/);
  const shown = JSON.parse((await command("show", "open1", "--json")).stdout) as { warnings: readonly string[] };
  assert.match(shown.warnings.join("\n"), /Publish=8132:80 Publish=8133:80: clients/);
});
