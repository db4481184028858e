import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import type { SettingName } from "../../../../conf/settings.ts";
import { forAnother, withOwn } from "../../../../helpers/command/conf/own-values.ts";

const name = parseSandboxName("web2");
type OwnValues = Readonly<Partial<Record<SettingName, readonly string[]>>>;
const linesOf = (own: OwnValues) =>
  Object.entries(own).flatMap(([key, values]) => values.map((value) => ({ key: key as SettingName, value })));
const head = "[Sandbox]\nUnit=apache2.service\n";
const clone = (text: string, own: OwnValues = {}, dropIns: Readonly<Record<string, string>> = {}) =>
  forAnother(name, { text: `${head}${text}`, dropIns: new Map(Object.entries(dropIns)) }, linesOf(own));

test("a clone has nothing that only one sandbox can have, nor what needs it", () => {
  const network = "[Network]\nNetwork=default\nAddress=192.0.2.7/24\nGateway=192.0.2.1\nDNS=192.0.2.2\n";
  const more = "Route=198.51.100.0/24 via 192.0.2.3\nMacAddress=52:54:00:aa:bb:cc\nListen=5353/udp\nPublish=80:80\n";
  const security = "OnDemand=yes\n[Security]\nHostIds=524288\nLevel=s0:c1,c2\n";
  const { text, leftOut } = clone(`${network}${more}${security}`);
  assert.equal(text, `${head}[Network]\nNetwork=default\nDNS=192.0.2.2\n[Security]\n`);
  assert.deepEqual(leftOut, [
    ...["Publish=80:80", "Listen=5353/udp", "Address=192.0.2.7/24", "MacAddress=52:54:00:aa:bb:cc"],
    ...["HostIds=524288", "Level=s0:c1,c2"],
    ...["Gateway=192.0.2.1", "Route=198.51.100.0/24 via 192.0.2.3", "OnDemand=yes"],
  ]);
});

test("what does not depend on them stays: DHCP, a label without a level, a folder of the host", () => {
  const text =
    "Mount=host-bind:/srv=/data\n[Network]\nNetwork=default\nAddress=dhcp\n[Security]\nLabel=dynamic,label=a:b:c_t\n";
  assert.deepEqual(clone(text), { text: `${head}${text}`, dropIns: new Map(), leftOut: [] });
});

test("an image of the host and a whole label are for one sandbox", () => {
  const label = "Label=system_u:system_r:svirt_t:s0:c1,c2";
  assert.deepEqual(clone(`Mount=host-image:/srv=/data/i\n[Security]\n${label}\n`).leftOut, [
    label,
    "Mount=host-image:/srv=/data/i",
  ]);
});

test("with values of its own a clone keeps what fits them", () => {
  const text = "[Network]\nNetwork=default\nAddress=192.0.2.7/24\nGateway=192.0.2.1\nListen=53\nOnDemand=yes\n";
  const near = clone(text, { Listen: ["54"], Address: ["192.0.2.8/24"] });
  const kept = "[Network]\nNetwork=default\nGateway=192.0.2.1\nOnDemand=yes\nListen=54\nAddress=192.0.2.8/24\n";
  assert.equal(near.text, `${head}${kept}`);
  assert.deepEqual(near.leftOut, ["Listen=53", "Address=192.0.2.7/24"]);
  const far = clone(text, { Address: ["198.51.100.8/24"] });
  assert.deepEqual(far.leftOut, ["Listen=53", "Address=192.0.2.7/24", "Gateway=192.0.2.1", "OnDemand=yes"]);
  assert.deepEqual(clone(text, { Publish: ["81:80"] }).leftOut.slice(2), ["Gateway=192.0.2.1"]);
});

test("drop-ins lose such lines too, also one that a later one hides", () => {
  const dropIns = {
    "a.conf": "[Security]\nHostIds=524288\n[Network]\nPublish=1:1\n",
    "b.conf": "[Security]\nHostIds=589824\n",
  };
  const { text, dropIns: left, leftOut } = clone("[Security]\nHostIds=655360\n", {}, dropIns);
  assert.equal(text, `${head}[Security]\n`);
  assert.deepEqual([...left.values()], ["[Security]\n[Network]\n", "[Security]\n"]);
  assert.deepEqual([...leftOut].sort(), ["HostIds=524288", "HostIds=589824", "HostIds=655360", "Publish=1:1"]);
});

test("an import takes values of its own in place of all others, and is else as it was", () => {
  const texts = {
    text: `${head}[Network]\nNetwork=lab\nAddress=192.0.2.7/24\nGateway=192.0.2.1\nPublish=1:1\n`,
    dropIns: new Map([["a.conf", "[Network]\nAddress=192.0.2.9/24\n"]]),
  };
  assert.deepEqual(withOwn(name, texts, []), { ...texts, leftOut: [] });
  const own = withOwn(name, texts, linesOf({ Address: ["dhcp"] }));
  assert.deepEqual(own, {
    text: `${head}[Network]\nNetwork=lab\nAddress=dhcp\nPublish=1:1\n`,
    dropIns: new Map([["a.conf", "[Network]\n"]]),
    leftOut: ["Gateway=192.0.2.1"],
  });
});

test("a clone can get an image of another size", () => {
  assert.equal(clone("Image=1G\n", { Image: ["2G"] }).text, `${head}Image=2G\n`);
});
