import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
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
  // The server gives one after the other, beginning somewhere: none of those before is as far away.
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

// What root inside leaves behind for whoever enters: a library and a loader of its own, and words for a terminal.
const bait = `cp /usr/lib/*/libcap.so.2 /var/bait.so
printf '/var/bait.so\\n/var/\\033]0;bait\\007\\n' >/etc/ld.so.preload
if [ -L /lib64 ]; then
  mkdir /var/bait64
  cp -L /usr/lib64/ld-linux-* /var/bait64
  ln -sfn /var/bait64 /lib64
fi`;

// A8, and what the client says in the host's journal
test("the DHCP client runs and loads nothing from the sandbox's tree, and writes only plain text to the journal", async () => {
  await start("hostile", "Network=lab");
  await bed.run("sandboxcontainer", "execute", "hostile", "--", "sh", "-c", bait);
  const begun = await bed.run("date", "+%s");
  await bed.run("systemctl", "restart", "sandbox@hostile");
  assert.match(await addressOf("hostile"), /^192\.168\.177\.\d\d$/);
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "hostile")) as { initPid: number };
  // In its network, and not among its processes.
  const beside = `for each in /proc/[0-9]*; do
    [ "$each/ns/net" -ef /proc/${initPid}/ns/net ] && ! [ "$each/ns/pid" -ef /proc/${initPid}/ns/pid ] && cat $each/maps
  done; true`;
  const maps = await bed.run("bash", "-c", beside);
  assert.match(maps, /systemd-networkd/);
  // Its root is mounted on /etc of the sandbox.
  assert.doesNotMatch(maps, / \/(?!(etc\/)?usr\/|dev\/zero)/);
  assert.match(await bed.run("cat", `/proc/${initPid}/maps`), /bait/, "the sandbox itself loads it");
  assert.doesNotMatch(await bed.journal("--all", "--unit=sandbox@hostile", `--since=@${begun}`), /\x1b/);
});
