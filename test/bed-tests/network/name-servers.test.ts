import assert from "node:assert/strict";
import { after, afterEach, before, test, type TestContext } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { defineLab, removeLab } from "../lab.ts";

const bed = useBed("native-network");
const inside = (name: string, script: string) =>
  bed.run("sandboxcontainer", "execute", name, "--", "/usr/bin/sh", "-c", script);
/** Reads the file on the host, because one sandbox no longer has a shell. */
const seen = async (name: string): Promise<string> => {
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { initPid: number };
  return (await bed.try("cat", `/proc/${initPid}/root/run/host/resolv.conf`)).stdout;
};

/** Starts sandboxes with these [Network] settings, while the host's name servers are those that it has. */
async function start(context: TestContext, networks: Readonly<Record<string, string>>): Promise<void> {
  const names = Object.keys(networks);
  deleteAfter(context, bed, ...names);
  for (const [name, network] of Object.entries(networks)) {
    const conf = `[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\n${network}\n`;
    await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`);
  }
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "start", ...names.map((name) => `sandbox@${name}`));
}

const setServers = (text: string) => bed.feed(text, "sh", "-c", "cat > /etc/resolv.conf");

before(async () => {
  await bed.run("cp", "/etc/resolv.conf", "/root/resolv.conf");
  await defineLab(bed);
});

afterEach(async () => {
  await bed.run("sh", "-c", "cat /root/resolv.conf > /etc/resolv.conf");
});

after(() => removeLab(bed));

// A6
test("a sandbox that does not take the host's name servers keeps them from no other, and is named", async (context) => {
  // One after the other, they would be told in the order of their names.
  const names = ["a-pipe", "b-stuck", "c-folder", "z-honest"];
  await start(context, Object.fromEntries(names.map((name) => [name, "Network=host"])));
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
    await setServers(said);
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

test("name servers and hosts are right with the host's network and a static address, and follow the host's changes", async (context) => {
  await start(context, { hosted: "Network=host", static: "Network=lab\nAddress=192.168.177.202/24" });
  const servers = async (): Promise<readonly string[]> =>
    Promise.all(["hosted", "static"].map((name) => inside(name, "cat /etc/resolv.conf")));
  const host = await bed.run("cat", "/etc/resolv.conf");
  assert.deepEqual(await servers(), [host, host]);
  await setServers("nameserver 192.0.2.99\n");
  await eventually(async () => {
    assert.deepEqual(await servers(), ["nameserver 192.0.2.99", "nameserver 192.0.2.99"]);
  });
  for (const [name, host] of [
    ["hosted", "localhost"],
    ["hosted", "hosted"],
    ["static", "localhost"],
  ] as const)
    assert.match(await inside(name, `getent ahosts ${host}`), /^(127\.|::1)/, `${host} in ${name}`);
  assert.match(await bed.run("sandboxcontainer", "show", "hosted"), /warnings: .*Network=host gives up a wall/);
});
