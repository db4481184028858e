import assert from "node:assert/strict";
import { test } from "node:test";
import { useBed } from "../bed.ts";
import { forge } from "../dhcp-forger.ts";
import { useLab } from "../lab.ts";

const bed = useBed("native-network");
const { makeLab, startSandbox, addressOf } = useLab(bed);

// A4
test("with rights over its network a sandbox that leases five addresses sends from one of them", async (t) => {
  await makeLab(t, "taker");
  await startSandbox("taker", "Network=lab");
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
test("an address that changes works from then on, in place of the old one, as often as it changes", async (t) => {
  await makeLab(t, "taker");
  await startSandbox("taker", "Network=lab");
  for (const client of ["six", "seven", "eight", "nine"]) {
    const address = (await forge(bed, "taker", `lease ${client}`)).said[0] ?? "";
    assert.deepEqual((await forge(bed, "taker", `from ${address}`)).arrived, [address]);
    // A renewal changes nothing.
    assert.deepEqual((await forge(bed, "taker", `lease ${client}`, `from ${address}`)).arrived, [address]);
  }
});

// A4
test("an address that a conf gives to another sandbox is not to be had by a lease, also when the conf came later", async (t) => {
  await makeLab(t, "taker", "late");
  await startSandbox("taker", "Network=lab");
  // The server gives addresses one after the other from some start. It has not come as far as this one.
  const far = 10 + ((Number((await addressOf("taker")).split(".")[3]) - 10 + 45) % 90);
  const wanted = `192.168.177.${far}`;
  const before = await forge(bed, "taker", `lease ten ${wanted}`, `from ${wanted}`);
  assert.deepEqual([before.said[0], before.arrived], [wanted, [wanted]]);
  await startSandbox("late", `Network=lab\nAddress=${wanted}/24`);
  assert.deepEqual((await forge(bed, "taker", `from ${wanted}`)).arrived, []);
  await startSandbox("taker", "Network=lab");
  const own = await addressOf("taker");
  const again = await forge(bed, "taker", `lease ten ${wanted}`, `from ${wanted}`, `from ${own}`);
  assert.deepEqual([again.said[0], again.arrived], ["none", [own]]);
  assert.deepEqual((await forge(bed, "late", `from ${wanted}`)).arrived, [wanted]);
});

// A4
test("nobody gives back a neighbour's lease, or is taken for more clients by the hardware address or a relay", async (t) => {
  await makeLab(t, "taker", "neighbour");
  await startSandbox("neighbour", "Network=lab");
  await startSandbox("taker", "Network=lab");
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
test("a sandbox asks the server no more often than a client has to, and one with a written address not at all", async (t) => {
  await makeLab(t, "taker", "written");
  await startSandbox("taker", "Network=lab");
  const { asked } = await forge(bed, "taker", "flood 200");
  assert.ok(asked > 10 && asked <= 32, `${asked} of 200 requests reached the bridge`);
  await startSandbox("written", "Network=lab\nAddress=192.168.177.201/24");
  assert.deepEqual(await forge(bed, "written", "flood 5", "lease eleven", "from 192.168.177.201"), {
    said: ["said", "none", "said"],
    arrived: ["192.168.177.201"],
    asked: 0,
  });
});

// A4
test("doctor says how libvirt's server knows a sandbox by its hardware address, and then it has one lease", async (t) => {
  await makeLab(t, "taker");
  await startSandbox("taker", "Network=lab");
  const doctor = async (): Promise<string> => (await bed.try("sandboxcontainer", "doctor")).stdout;
  const said = await doctor();
  assert.match(said, /^warning +DHCP .*: lab$/m);
  const [, xmlns = "", option = ""] = /write <network (xmlns\S+)>, and (\S+ .*) before <\/network>/.exec(said) ?? [];
  const restart = /Then stop its sandboxes and run: (virsh .*)$/m.exec(said)?.[1] ?? "";
  const xml = await bed.run("virsh", "-q", "-c", "lxc:///system", "net-dumpxml", "--inactive", "lab");
  const changed = xml.replace("<network>", `<network ${xmlns}>`).replace("</network>", `${option}</network>`);
  await bed.feed(changed, "sh", "-c", "cat > /root/lab.xml; virsh -q -c lxc:///system net-define /root/lab.xml");
  await bed.run("systemctl", "stop", "sandbox@taker");
  await bed.run("sh", "-c", restart);
  assert.match(await doctor(), /^ok +DHCP/m);
  await startSandbox("taker", "Network=lab");
  const own = await addressOf("taker");
  assert.deepEqual((await forge(bed, "taker", "lease one", "lease two", "lease three")).said, [own, own, own]);
});
