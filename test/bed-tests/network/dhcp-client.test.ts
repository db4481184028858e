import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useLab } from "../lab.ts";

const bed = useBed("native-network");
const { makeLab, startSandbox, addressOf, initPidOf } = useLab(bed);
const clientOf = (name: string, property: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", `--property=${property}`, `sandbox-dhcp@${name}`);
/** Lists the programs of the sandbox's unit, sorted. */
const programsOf = async (name: string): Promise<readonly string[]> => {
  const script = `for each in $(grep -ls '/sandbox-dhcp@${name}\\.service' /proc/[0-9]*/cgroup); do readlink "\${each%/*}/exe"; done; true`;
  return (await bed.run("bash", "-c", script))
    .split("\n")
    .map((path) => path.replace(/.*\//, ""))
    .sort();
};

// Root inside leaves this for anyone who enters: its own library and loader, and control sequences for a terminal.
const bait = `cp /usr/lib/*/libcap.so.2 /var/bait.so
printf '/var/bait.so\\n/var/\\033]0;bait\\007\\n' >/etc/ld.so.preload
if [ -L /lib64 ]; then
  mkdir /var/bait64
  cp -L /usr/lib64/ld-linux-* /var/bait64
  ln -sfn /var/bait64 /lib64
fi`;

// A8, and what the client writes to the host's journal
test("the DHCP client runs and loads nothing from the sandbox's tree, and writes only plain text to the journal", async (t) => {
  await makeLab(t, "hostile");
  await startSandbox("hostile", "Network=lab");
  await bed.run("sandboxcontainer", "execute", "hostile", "--", "sh", "-c", bait);
  const begun = await bed.run("date", "+%s");
  await bed.run("systemctl", "restart", "sandbox@hostile");
  assert.match(await addressOf("hostile"), /^192\.168\.177\.\d\d$/);
  const initPid = await initPidOf("hostile");
  // The client is in the sandbox's network, but not among its processes.
  const beside = `for each in /proc/[0-9]*; do
    [ "$each/ns/net" -ef /proc/${initPid}/ns/net ] && ! [ "$each/ns/pid" -ef /proc/${initPid}/ns/pid ] && cat $each/maps
  done; true`;
  const maps = await bed.run("bash", "-c", beside);
  assert.match(maps, /systemd-networkd/);
  // The client's root is mounted on /etc of the sandbox.
  assert.doesNotMatch(maps, / \/(?!(etc\/)?usr\/|dev\/zero)/);
  assert.match(await bed.run("cat", `/proc/${initPid}/maps`), /bait/, "the sandbox itself loads it");
  assert.doesNotMatch(await bed.journal("--all", "--unit=sandbox@hostile", `--since=@${begun}`), /\x1b/);
});

test("the DHCP client is the main process of a unit of its own, and no process of ours stays in it", async (t) => {
  await makeLab(t, "taker", "written");
  await startSandbox("taker", "Network=lab");
  assert.deepEqual([await clientOf("taker", "ActiveState"), await clientOf("taker", "Type")], ["active", "notify"]);
  await eventually(async () => {
    assert.deepEqual(await programsOf("taker"), ["dash", "dash", "ip", "systemd-networkd"]);
  });
  await startSandbox("written", "Network=lab\nAddress=192.168.177.201/24");
  assert.equal(await clientOf("written", "ActiveState"), "inactive");
});

// F1
test("a DHCP client that dies is started again, while the sandbox runs on with its address and its name servers", async (t) => {
  await makeLab(t, "mortal");
  await startSandbox("mortal", "Network=lab");
  const [own, initPid] = [await addressOf("mortal"), await initPidOf("mortal")];
  const servers = ["sandboxcontainer", "execute", "mortal", "--", "cat", "/etc/resolv.conf"];
  const [before, said] = [await clientOf("mortal", "MainPID"), await bed.run(...servers)];
  await bed.run("pkill", "-KILL", "-P", before, "-f", "systemd-networkd");
  await eventually(async () => {
    assert.notEqual(await clientOf("mortal", "NRestarts"), "0");
    assert.equal(await clientOf("mortal", "ActiveState"), "active");
    assert.ok((await programsOf("mortal")).includes("systemd-networkd"));
  });
  assert.notEqual(await clientOf("mortal", "MainPID"), before);
  await eventually(async () => {
    assert.deepEqual([await addressOf("mortal"), await bed.run(...servers)], [own, said]);
  });
  assert.equal(await initPidOf("mortal"), initPid);
});

test("the DHCP client ends with the sandbox, however that ends, and comes again with it", async (t) => {
  await makeLab(t, "ending");
  const state = async (): Promise<string> =>
    `${await clientOf("ending", "ActiveState")} ${await clientOf("ending", "MainPID")}`;
  for (const end of [
    () => bed.run("systemctl", "stop", "sandbox@ending"),
    // The command ends together with everything else inside.
    () => bed.try("sandboxcontainer", "execute", "ending", "--", "sh", "-c", "kill 1"),
    async () => bed.run("kill", "-KILL", String(await initPidOf("ending"))),
  ]) {
    await startSandbox("ending", "Network=lab");
    assert.match(await state(), /^active [1-9]/);
    await end();
    await eventually(async () => {
      assert.match(
        await bed.run("systemctl", "show", "--value", "--property=ActiveState", "sandbox@ending"),
        /^(inactive|failed)$/,
      );
      assert.equal(await state(), "inactive 0");
    });
  }
  // A stop is complete only when the client has ended.
  await startSandbox("ending", "Network=lab");
  const client = await clientOf("ending", "MainPID");
  await bed.run("systemctl", "stop", "sandbox@ending");
  assert.equal((await bed.try("test", "-e", `/proc/${client}`)).status, 1);
  // Processes inside keep their network until they have ended.
  const last =
    "trap '/usr/bin/ip -o address show dev eth0 scope global >/var/last; exit' TERM; while :; do sleep 0.1; done";
  await bed.feed(
    `[Sandbox]\nExec=/bin/sh -c "${last}"\n[Network]\nNetwork=lab\n`,
    "sh",
    "-c",
    "cat > /etc/sandboxcontainer/ending.conf; systemctl daemon-reload",
  );
  await bed.run("systemctl", "restart", "sandbox@ending");
  await bed.run("systemctl", "stop", "sandbox@ending");
  assert.match(await bed.run("cat", "/var/lib/sandboxcontainer/ending/root/var/last"), / inet 192\.168\.177\./);
});

test("a restart, also one after another, has a client in the new network each time", async (t) => {
  await makeLab(t, "again");
  await startSandbox("again", "Network=lab");
  for (let round = 0; round < 3; round += 1) {
    await bed.run("systemctl", "restart", "sandbox@again");
    const [client, initPid] = [await clientOf("again", "MainPID"), await initPidOf("again")];
    assert.equal((await bed.try("test", `/proc/${client}/ns/net`, "-ef", `/proc/${initPid}/ns/net`)).status, 0);
  }
});

test("a DHCP client that nobody started a sandbox for says so, and is not tried again", async (t) => {
  await makeLab(t, "nobodys");
  await startSandbox("nobodys", "Network=lab");
  await bed.run("systemctl", "stop", "sandbox@nobodys");
  const begun = await bed.run("date", "+%s");
  assert.notEqual((await bed.try("systemctl", "start", "sandbox-dhcp@nobodys")).status, 0);
  assert.equal(await bed.run("systemctl", "show", "--value", "--property=ActiveState", "sandbox@nobodys"), "inactive");
  assert.match(await bed.journal("--unit=sandbox@nobodys", `--since=@${begun}`), /nobodys is not running/);
  assert.notEqual(await clientOf("nobodys", "SubState"), "auto-restart");
});
