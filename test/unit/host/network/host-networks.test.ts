import assert from "node:assert/strict";
import { test } from "node:test";
import { checkHostNetwork, type HostNetworks } from "../../../../helpers/host/network/host-networks.ts";
import { confOf } from "../../conf/conf-of.ts";

const host: HostNetworks = {
  networks: ["default", "lab"],
  bridges: ["br0"],
  filters: ["clean-traffic"],
  addresses: ["192.0.2.1"],
};
const check = (lines: string, networks = host.networks): readonly string[] =>
  checkHostNetwork(confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines}\n`), { ...host, networks }).map(
    ({ message, hint }) => `${message}. ${hint ?? ""}`,
  );

test("networks that are there are fine, and those that nobody could ask for", () => {
  for (const line of ["Network=lab", "Network=bridge:br0", "Network=none"]) assert.deepEqual(check(line), []);
  assert.deepEqual(check("Network=elsewhere", null), []);
});

test("of one that is not there the nearest is named", () => {
  assert.match(
    check("Network=defualt").join(),
    /conf:4: Network=defualt: this host has no libvirt network defualt\. Did you mean default\?/,
  );
  assert.match(check("Network=hots").join(), /Did you mean host\?/);
  assert.match(check("Network=office").join(), /It has default, lab/);
  assert.match(check("Network=bridge:br1").join(), /no bridge br1\. Did you mean br0\?/);
});

test("of a filter that libvirt does not have the nearest is named", () => {
  assert.deepEqual(check("Network=lab\nFilter=clean-traffic"), []);
  assert.match(
    check("Network=lab\nFilter=clean-trafic").join(),
    /conf:5: Filter=clean-trafic: libvirt has no such network filter\. Did you mean clean-traffic\?/,
  );
});

test("an address of the host is not for a sandbox", () => {
  assert.match(
    check("Network=lab\nAddress=192.0.2.1/24").join(),
    /conf:5: Address=: 192\.0\.2\.1 is an address of this host/,
  );
});
