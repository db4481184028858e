import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";

const bed = useBed("native");
// One after the other, they would be told in the order of their names.
const names = ["a-pipe", "b-stuck", "c-folder", "z-honest"];
const inside = (name: string, script: string) =>
  bed.run("sandboxcontainer", "execute", name, "--", "/usr/bin/sh", "-c", script);
/** Reads the file on the host, because one sandbox no longer has a shell. */
const seen = async (name: string): Promise<string> => {
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { initPid: number };
  return (await bed.try("cat", `/proc/${initPid}/root/run/host/resolv.conf`)).stdout;
};

before(async () => {
  await bed.run("cp", "/etc/resolv.conf", "/root/resolv.conf");
  for (const name of names) {
    const conf = "[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\nNetwork=host\n";
    await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`);
  }
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", ...names.map((name) => `sandbox@${name}`));
});

after(async () => {
  await bed.run("sh", "-c", "cat /root/resolv.conf > /etc/resolv.conf");
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
});

// A6
test("a sandbox that does not take the host's name servers keeps them from no other, and is named", async () => {
  await inside("a-pipe", "mkfifo /run/host/resolv.conf.new");
  await inside("c-folder", "mkdir /run/host/resolv.conf.new");
  // Anyone who enters runs the sandbox's shell.
  await inside(
    "b-stuck",
    "rm /bin && mkdir /bin && printf '#!/usr/bin/python3\\nimport time\\ntime.sleep(1000)\\n' >/bin/sh && chmod +x /bin/sh",
  );
  const begun = await bed.run("date", "+%s");
  for (const server of ["192.0.2.91", "192.0.2.92"]) {
    const said = `nameserver ${server}\n`;
    await bed.feed(said, "sh", "-c", "cat > /etc/resolv.conf");
    await eventually(async () => {
      for (const name of ["z-honest", "a-pipe"]) assert.equal(await seen(name), said, name);
    });
    assert.notEqual(await seen("b-stuck"), said);
  }
  await eventually(async () => {
    const journal = await bed.journal("--unit=sandboxcontainer-servers", `--since=@${begun}`);
    assert.match(
      journal,
      /^b-stuck keeps its old name servers: it did not take the new ones within ten seconds\. .*restart sandbox@b-stuck$/m,
    );
    assert.match(journal, /^c-folder keeps its old name servers: the new ones cannot be written/m);
    assert.doesNotMatch(journal, /(a-pipe|z-honest) keeps/);
    assert.equal(
      await bed.run("systemctl", "show", "--value", "--property=ActiveState", "sandboxcontainer-servers"),
      "inactive",
    );
  });
  assert.equal(
    await bed.run("systemctl", "show", "--value", "--property=Result", "sandboxcontainer-servers"),
    "success",
  );
});
