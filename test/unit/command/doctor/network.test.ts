import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDhcp } from "../../../../helpers/command/doctor/network.ts";
import { fakeHost } from "./fake-host.ts";

const dump = (network: string): string => `virsh --connect lxc:///system net-dumpxml ${network}`;
const served = "<ip address='192.0.2.1'><dhcp><range start='192.0.2.2' end='192.0.2.9'/></dhcp></ip>";
const ignoring = `<network xmlns:dnsmasq='http://libvirt.org/schemas/network/dnsmasq/1.0'>${served}<dnsmasq:options>
  <dnsmasq:option value='dhcp-ignore-clid'/></dnsmasq:options></network>`;

// A4
test("a libvirt network whose server knows clients by their names is a warning, with what to write", async () => {
  const commands = {
    [dump("default")]: `<network>${served}</network>`,
    [dump("good")]: ignoring,
    [dump("other")]: `<network>${served}</network>`,
    [dump("bare")]: "<network><ip address='192.0.2.1'/></network>",
  };
  const found = await checkDhcp(
    fakeHost({ commands, sandboxes: { dhcpNetworks: ["bare", "default", "gone", "good", "other"] } }),
  );
  assert.equal(found.verdict, "warning");
  assert.match(found.message, /: default, other$/);
  assert.match(found.fix ?? "", /virsh net-edit default.*value='dhcp-ignore-clid'.*virsh net-start default/);
});

test("one that goes by hardware addresses, or serves no DHCP, is well", async () => {
  const commands = { [dump("good")]: ignoring, [dump("bare")]: "<network/>" };
  for (const dhcpNetworks of [[], ["good"], ["bare"], ["gone"]]) {
    assert.equal((await checkDhcp(fakeHost({ commands, sandboxes: { dhcpNetworks } }))).verdict, "ok");
  }
});
