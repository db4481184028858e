import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { useBed } from "../bed.ts";
import { assertImpossibleFail, defineLab, removeLab } from "../lab.ts";
import { fixedNetwork, makeBridge, useLabSandboxes } from "../lab-sandboxes.ts";

const bed = useBed("native-network");
const { define, start } = useLabSandboxes(bed);

before(() => defineLab(bed));

after(() => removeLab(bed));

test("what cannot work fails the start at once, and says why", async (context) => {
  await start(context, "fixed", fixedNetwork);
  await assertImpossibleFail(bed);
});

test("a bridge of the host serves as well, and one that is not there is named", async (context) => {
  await makeBridge(context, bed, "br-test", "192.0.2.1/24");
  await start(context, "bridged", "Network=bridge:br-test\nAddress=192.0.2.7/24\nAddress=2001:db8::7/64");
  await bed.run("ping", "-c", "1", "-W", "5", "192.0.2.7");
  await bed.run("systemctl", "stop", "sandbox@bridged");
  await define(context, "astray", "Network=bridge:br-tset\nAddress=192.0.2.8/24");
  const verified = await bed.try("sandboxcontainer", "verify", "astray");
  assert.equal(verified.status, 2);
  assert.match(
    verified.stdout,
    /astray\.conf:4: Network=bridge:br-tset: this host has no bridge br-tset\. Did you mean br-test\?/,
  );
  const started = await bed.try("sandboxcontainer", "start", "astray");
  assert.match(started.stderr, /there is no bridge br-tset on this host\. Bridges here: .*br-test/);
});

test("a network that libvirt does not know fails the start with those that it knows", async (context) => {
  await define(context, "unknown", "Network=lap");
  assert.match(
    (await bed.try("sandboxcontainer", "verify", "unknown")).stdout,
    /no libvirt network lap\. Did you mean lab\?/,
  );
  assert.match(
    (await bed.try("sandboxcontainer", "start", "unknown")).stderr,
    /there is no libvirt network lap\. Networks here: .*lab/,
  );
});

test("a filter of libvirt's takes the place of our rules, and one that is not there is named", async (context) => {
  await start(context, "other", "Network=lab\nAddress=192.168.177.201/24\nFilter=clean-traffic");
  assert.match(await bed.run("nft", "list", "table", "bridge", "nat"), /iifname "sb-other" .*jump libvirt-I-sb-other/);
  // Another sandbox of the network has our rules, so that the table is there.
  await start(context, "ours", "Network=lab\nAddress=192.168.177.203/24");
  const rules = await bed.run("nft", "list", "table", "bridge", "sandboxcontainer");
  assert.match(rules, /sb-ours/);
  assert.doesNotMatch(rules, /sb-other/);
  await bed.run("ping", "-c", "1", "-W", "5", "192.168.177.201");
  await bed.run("systemctl", "stop", "sandbox@other");
  await define(context, "filtered", "Network=lab\nAddress=192.168.177.204/24\nFilter=clean-trafic");
  assert.match(
    (await bed.try("sandboxcontainer", "verify", "filtered")).stdout,
    /filtered\.conf:6: Filter=.*clean-traffic\?/,
  );
  assert.match((await bed.try("sandboxcontainer", "start", "filtered")).stderr, /clean-trafic/);
});
