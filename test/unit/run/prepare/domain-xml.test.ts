import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { parseIpAddress } from "../../../../conf/values/network.ts";
import type { Interface } from "../../../../helpers/run/network/plan-interface.ts";
import { type Domain, renderDomain } from "../../../../helpers/run/prepare/domain-xml.ts";

const base: Domain = {
  name: parseSandboxName("web1"),
  uuid: "5b6a1f0e-5c5d-4f7b-9d5e-0d6c7c1b2a3f",
  memoryKibibytes: 1048576,
  controller: null,
  init: ["/usr/lib/systemd/systemd", "--unit=sandboxcontainer.target"],
  environment: { PATH: "/usr/bin" },
  idBase: 655360,
  hostNetwork: false,
  nic: null,
  context: "system_u:system_r:sandboxcontainer_init_t:s0:c1,c2",
  capabilities: ["chown", "kill"],
  filesystems: [
    { source: "/run/host/sandboxcontainer/web1/root", target: "/", readOnly: false },
    { source: "/run/host/sandboxcontainer/web1/usr", target: "/usr", readOnly: true },
    { source: "/run/host/sandboxcontainer/web1/tmp", target: "/tmp", readOnly: false },
  ],
};

function assertGolden(name: string, text: string): void {
  const path = join(import.meta.dirname, "golden", name);
  if (process.env["UPDATE_GOLDEN"] !== undefined) writeFileSync(path, text);
  assert.equal(text, readFileSync(path, "utf8"));
}

test("a sandbox with all its walls renders as the golden domain", () => {
  assertGolden("confined.xml", renderDomain(base));
});

test("what the conf takes away is not in the domain", () => {
  assertGolden("open.xml", renderDomain({ ...base, idBase: null, hostNetwork: true, context: null, capabilities: [] }));
});

test("an interface renders as the golden domains", () => {
  const nic: Interface = {
    kind: "libvirt",
    network: "default",
    device: "sb-web1",
    mac: "02:5b:6a:1f:0e:5c",
    isolated: true,
    addresses: [],
    routes: [],
    dhcp: true,
    filter: undefined,
  };
  assertGolden("dhcp.xml", renderDomain({ ...base, nic }));
  const gateway = parseIpAddress("192.0.2.1");
  const fixed: Interface = {
    ...nic,
    kind: "bridge",
    network: "br0",
    isolated: false,
    addresses: [
      { ...parseIpAddress("192.0.2.7"), prefix: 24 },
      { ...parseIpAddress("2001:db8::7"), prefix: 64 },
    ],
    routes: [{ to: { ...parseIpAddress("0.0.0.0"), prefix: 0 }, gateway }],
    dhcp: false,
    filter: "clean-traffic",
  };
  assertGolden("static.xml", renderDomain({ ...base, nic: fixed }));
});

test("a command's arguments stay arguments, whatever is in them", () => {
  const xml = renderDomain({ ...base, init: ["/init", "</initarg><init>/bin/sh</init>", `"quoted" & 'single'`] });
  assert.match(xml, /<initarg>&lt;\/initarg&gt;&lt;init&gt;\/bin\/sh&lt;\/init&gt;<\/initarg>/);
  assert.equal(xml.match(/<init>/g)?.length, 1);
});

test("libvirt runs the controller that it is told to", () => {
  assert.match(renderDomain({ ...base, controller: "/a/controller" }), /<emulator>\/a\/controller<\/emulator>/);
});
