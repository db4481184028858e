import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { forge } from "../dhcp-forger.ts";
import { defineLab, removeLab } from "../lab.ts";

const bed = useBed("native");
const names = ["taker", "neighbour", "late", "written", "hostile"];

async function start(name: string, network: string): Promise<void> {
  const conf = `[Sandbox]\nExec=/usr/bin/sleep infinity\n[Network]\n${network}\n`;
  assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
  await bed.run("systemctl", "daemon-reload");
  await bed.run("systemctl", "restart", `sandbox@${name}`);
}

const addressOf = async (name: string): Promise<string> =>
  (JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { addresses: string[] }).addresses[0] ?? "";

before(async () => {
  await defineLab(bed);
});

after(async () => {
  for (const name of names) await bed.try("sandboxcontainer", "delete", "--force", name);
  await removeLab(bed);
});

// A4
test("with rights over its network a sandbox that leases five addresses sends from one of them", async () => {
  await start("taker", "Network=lab");
  const own = await addressOf("taker");
  const leases = await forge(
    bed,
    "taker",
    ...["one", "two", "three", "four", "five"].map((client) => `lease ${client}`),
  );
  const given = leases.said.filter((address) => address !== "none");
  assert.equal(new Set(given).size, 5, "the server gives each client another");
  const sent = await forge(bed, "taker", ...[own, ...given].map((address) => `from ${address}`));
  assert.deepEqual(sent.arrived, [given.at(-1)]);
});

// A4
test("an address that changes works from then on, in the place of the old one, as often as it changes", async () => {
  await start("taker", "Network=lab");
  for (const client of ["six", "seven", "eight", "nine"]) {
    const address = (await forge(bed, "taker", `lease ${client}`)).said[0] ?? "";
    assert.deepEqual((await forge(bed, "taker", `from ${address}`)).arrived, [address]);
    // A renewal changes nothing.
    assert.deepEqual((await forge(bed, "taker", `lease ${client}`, `from ${address}`)).arrived, [address]);
  }
});

// A4
test("an address that a conf gives to another sandbox is not to be had by a lease, also when the conf came later", async () => {
  await start("taker", "Network=lab");
  // The server gives addresses one after the other from some start. No earlier address is as far away as this one.
  const far = 10 + ((Number((await addressOf("taker")).split(".")[3]) - 10 + 45) % 90);
  const wanted = `192.168.177.${far}`;
  const before = await forge(bed, "taker", `lease ten ${wanted}`, `from ${wanted}`);
  assert.deepEqual([before.said[0], before.arrived], [wanted, [wanted]]);
  await start("late", `Network=lab\nAddress=${wanted}/24`);
  assert.deepEqual((await forge(bed, "taker", `from ${wanted}`)).arrived, []);
  await start("taker", "Network=lab");
  const own = await addressOf("taker");
  const again = await forge(bed, "taker", `lease ten ${wanted}`, `from ${wanted}`, `from ${own}`);
  assert.deepEqual([again.said[0], again.arrived], ["none", [own]]);
  assert.deepEqual((await forge(bed, "late", `from ${wanted}`)).arrived, [wanted]);
});

// A4
test("nobody gives back a neighbour's lease, or is taken for more clients by the hardware address or a relay", async () => {
  await start("neighbour", "Network=lab");
  await start("taker", "Network=lab");
  const [own, theirs] = [await addressOf("taker"), await addressOf("neighbour")];
  const mac = (
    await bed.run("sandboxcontainer", "execute", "neighbour", "--", "cat", "/sys/class/net/eth0/address")
  ).trim();
  const leases = (): Promise<string> => bed.run("cat", "/var/lib/libvirt/dnsmasq/virbr-lab.status");
  assert.match(await leases(), new RegExp(`"${theirs}"`));
  const tried = await forge(
    bed,
    "taker",
    `release ${theirs} ${mac} ${own}`,
    "long other",
    "relay other 192.168.177.1",
    "late other",
  );
  assert.deepEqual(tried, { said: ["said", "none", "none", "none"], arrived: [], asked: 0 });
  assert.match(await leases(), new RegExp(`"${theirs}"`));
});

// A4
test("a sandbox asks the server no more often than a client has to, and one with a written address not at all", async () => {
  await start("taker", "Network=lab");
  const { asked } = await forge(bed, "taker", "flood 200");
  assert.ok(asked > 10 && asked <= 32, `${asked} of 200 requests reached the bridge`);
  await start("written", "Network=lab\nAddress=192.168.177.201/24");
  assert.deepEqual(await forge(bed, "written", "flood 5", "lease eleven", "from 192.168.177.201"), {
    said: ["said", "none", "said"],
    arrived: ["192.168.177.201"],
    asked: 0,
  });
});

// A4
test("doctor says how libvirt's server knows a sandbox by its hardware address, and then it has one lease", async () => {
  await start("taker", "Network=lab");
  const doctor = async (): Promise<string> => (await bed.try("sandboxcontainer", "doctor")).stdout;
  const said = await doctor();
  assert.match(said, /^warning +DHCP .*: lab$/m);
  const [, xmlns = "", option = ""] = /write <network (xmlns\S+)>, and (\S+ .*) before <\/network>/.exec(said) ?? [];
  const restart = /Then stop its sandboxes and run: (virsh .*)$/m.exec(said)?.[1] ?? "";
  const xml = await bed.run("virsh", "-q", "-c", "lxc:///system", "net-dumpxml", "--inactive", "lab");
  const changed = xml.replace("<network>", `<network ${xmlns}>`).replace("</network>", `${option}</network>`);
  await bed.feed(changed, "sh", "-c", "cat > /root/lab.xml; virsh -q -c lxc:///system net-define /root/lab.xml");
  for (const name of names) await bed.try("systemctl", "stop", `sandbox@${name}`);
  await bed.run("sh", "-c", restart);
  assert.match(await doctor(), /^ok +DHCP/m);
  await start("taker", "Network=lab");
  const own = await addressOf("taker");
  assert.deepEqual((await forge(bed, "taker", "lease one", "lease two", "lease three")).said, [own, own, own]);
});

// Root inside leaves this for anyone who enters: its own library and loader, and control sequences for a terminal.
const bait = `cp /usr/lib/*/libcap.so.2 /var/bait.so
printf '/var/bait.so\\n/var/\\033]0;bait\\007\\n' >/etc/ld.so.preload
if [ -L /lib64 ]; then
  mkdir /var/bait64
  cp -L /usr/lib64/ld-linux-* /var/bait64
  ln -sfn /var/bait64 /lib64
fi`;

// A8, and what the client writes to the host's journal
test("the DHCP client runs and loads nothing from the sandbox's tree, and writes only plain text to the journal", async () => {
  await start("hostile", "Network=lab");
  await bed.run("sandboxcontainer", "execute", "hostile", "--", "sh", "-c", bait);
  const begun = await bed.run("date", "+%s");
  await bed.run("systemctl", "restart", "sandbox@hostile");
  assert.match(await addressOf("hostile"), /^192\.168\.177\.\d\d$/);
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "hostile")) as { initPid: number };
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

const clientOf = (name: string, property: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", `--property=${property}`, `sandbox-dhcp@${name}`);
const initPidOf = async (name: string): Promise<number> =>
  (JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { initPid: number }).initPid;
/** Lists the programs of the sandbox's unit, sorted. */
const programsOf = async (name: string): Promise<readonly string[]> => {
  const script = `for each in $(grep -ls '/sandbox-dhcp@${name}\\.service' /proc/[0-9]*/cgroup); do readlink "\${each%/*}/exe"; done; true`;
  return (await bed.run("bash", "-c", script))
    .split("\n")
    .map((path) => path.replace(/.*\//, ""))
    .sort();
};

test("the DHCP client is the main process of a unit of its own, and no process of ours stays in it", async () => {
  await start("taker", "Network=lab");
  assert.deepEqual([await clientOf("taker", "ActiveState"), await clientOf("taker", "Type")], ["active", "notify"]);
  await eventually(async () => {
    assert.deepEqual(await programsOf("taker"), ["dash", "dash", "ip", "systemd-networkd"]);
  });
  await start("written", "Network=lab\nAddress=192.168.177.201/24");
  assert.equal(await clientOf("written", "ActiveState"), "inactive");
});

// F1
test("a DHCP client that dies is started again, while the sandbox runs on with its address and its name servers", async () => {
  await start("taker", "Network=lab");
  const [own, initPid] = [await addressOf("taker"), await initPidOf("taker")];
  const servers = ["sandboxcontainer", "execute", "taker", "--", "cat", "/etc/resolv.conf"];
  const [before, said] = [await clientOf("taker", "MainPID"), await bed.run(...servers)];
  await bed.run("pkill", "-KILL", "-P", before, "-f", "systemd-networkd");
  await eventually(async () => {
    assert.notEqual(await clientOf("taker", "NRestarts"), "0");
    assert.equal(await clientOf("taker", "ActiveState"), "active");
    assert.ok((await programsOf("taker")).includes("systemd-networkd"));
  });
  assert.notEqual(await clientOf("taker", "MainPID"), before);
  await eventually(async () => {
    assert.deepEqual([await addressOf("taker"), await bed.run(...servers)], [own, said]);
  });
  assert.equal(await initPidOf("taker"), initPid);
});

test("the DHCP client ends with the sandbox, however that ends, and comes again with it", async () => {
  const state = async (): Promise<string> =>
    `${await clientOf("taker", "ActiveState")} ${await clientOf("taker", "MainPID")}`;
  for (const end of [
    () => bed.run("systemctl", "stop", "sandbox@taker"),
    // The command ends together with everything else inside.
    () => bed.try("sandboxcontainer", "execute", "taker", "--", "sh", "-c", "kill 1"),
    async () => bed.run("kill", "-KILL", String(await initPidOf("taker"))),
  ]) {
    await start("taker", "Network=lab");
    assert.match(await state(), /^active [1-9]/);
    await end();
    await eventually(async () => {
      assert.match(
        await bed.run("systemctl", "show", "--value", "--property=ActiveState", "sandbox@taker"),
        /^(inactive|failed)$/,
      );
      assert.equal(await state(), "inactive 0");
    });
  }
  // A stop is complete only when the client has ended.
  await start("taker", "Network=lab");
  const client = await clientOf("taker", "MainPID");
  await bed.run("systemctl", "stop", "sandbox@taker");
  assert.equal((await bed.try("test", "-e", `/proc/${client}`)).status, 1);
  // Processes inside keep their network until they have ended.
  const last =
    "trap '/usr/bin/ip -o address show dev eth0 scope global >/var/last; exit' TERM; while :; do sleep 0.1; done";
  await bed.feed(
    `[Sandbox]\nExec=/bin/sh -c "${last}"\n[Network]\nNetwork=lab\n`,
    "sh",
    "-c",
    "cat > /etc/sandboxcontainer/taker.conf; systemctl daemon-reload",
  );
  await bed.run("systemctl", "restart", "sandbox@taker");
  await bed.run("systemctl", "stop", "sandbox@taker");
  assert.match(await bed.run("cat", "/var/lib/sandboxcontainer/taker/root/var/last"), / inet 192\.168\.177\./);
});

test("a restart, also one after another, has a client in the new network each time", async () => {
  await start("taker", "Network=lab");
  for (let round = 0; round < 3; round += 1) {
    await bed.run("systemctl", "restart", "sandbox@taker");
    const [client, initPid] = [await clientOf("taker", "MainPID"), await initPidOf("taker")];
    assert.equal((await bed.try("test", `/proc/${client}/ns/net`, "-ef", `/proc/${initPid}/ns/net`)).status, 0);
  }
});

test("a DHCP client that nobody started a sandbox for says so, and is not tried again", async () => {
  await bed.try("systemctl", "stop", "sandbox@taker");
  const begun = await bed.run("date", "+%s");
  assert.notEqual((await bed.try("systemctl", "start", "sandbox-dhcp@taker")).status, 0);
  assert.equal(await bed.run("systemctl", "show", "--value", "--property=ActiveState", "sandbox@taker"), "inactive");
  assert.match(await bed.journal("--unit=sandbox@taker", `--since=@${begun}`), /taker is not running/);
  assert.notEqual(await clientOf("taker", "SubState"), "auto-restart");
});
