import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { parseControl, readEarlierPlan } = await import("../../../../helpers/run/plan/earlier-plan.ts");

after(() => {
  rmSync(top, { recursive: true });
});

const web = parseSandboxName("web1");
const start = join(top, "var/lib/sandboxcontainer/web1/start");
const put = (file: string, text: string): void => {
  writeFileSync(join(start, file), text);
};

beforeEach(() => {
  rmSync(start, { recursive: true, force: true });
  mkdirSync(start, { recursive: true });
  put("control", "selinux\n");
  put("units", "");
});

test("what a running sandbox of version 0.1.0 needs is read from its small files", () => {
  put("units", "apache2.service\nextra.service\n");
  put("claims", "ids-0:655360:65536\nlevel-s0:c1,c2\n");
  put("sockets", "sandbox-web1-80.socket 80\nsandbox-web1-53.udp.socket 53\n");
  put("network", "bridge br0 sb-web1 static 192.0.2.7 2001:db8::7\n");
  put("servers", "nameserver 192.0.2.53\n");
  const plan = readEarlierPlan(web);
  assert.deepEqual(plan?.control, { kind: "selinux" });
  assert.deepEqual([plan.units, plan.isCommand], [["apache2.service", "extra.service"], false]);
  assert.deepEqual(plan.claims, ["ids-0:655360:65536", "level-s0:c1,c2"]);
  assert.deepEqual(plan.sockets, [
    { unit: "sandbox-web1-80.socket", protocol: "tcp", port: 80 },
    { unit: "sandbox-web1-53.udp.socket", protocol: "udp", port: 53 },
  ]);
  assert.deepEqual(plan.network, {
    ...{ kind: "bridge", network: "br0", device: "sb-web1", dhcp: false, addresses: ["192.0.2.7", "2001:db8::7"] },
    ...{ rules: null, servers: "nameserver 192.0.2.53\n" },
  });
});

test("a command has no units, and a loopback alone is no network", () => {
  put("units", "");
  const plan = readEarlierPlan(web);
  assert.deepEqual([plan?.isCommand, plan?.units, plan?.network], [true, [], null]);
  put("network", "libvirt default sb-web1 dhcp\n");
  const network = readEarlierPlan(web)?.network;
  assert.ok(network?.kind === "libvirt" && network.dhcp);
  put("network", "host\n");
  assert.deepEqual(readEarlierPlan(web)?.network, { kind: "host" });
});

test("a file `control` that is missing or damaged is no plan while nothing runs", () => {
  for (const text of ["", "\n", "selin", "none\n", "selinux x\n", "apparmor\n", "apparmor a\n", "apparmor a b c\n"]) {
    put("control", text);
    assert.equal(readEarlierPlan(web), undefined, text);
  }
  rmSync(join(start, "control"));
  assert.equal(readEarlierPlan(web), undefined);
});

test("a start without a plan is not taken for one of that version", () => {
  rmSync(join(start, "units"));
  assert.equal(readEarlierPlan(web), undefined);
});

test("while it runs, libvirt knows whether that file is missing", () => {
  const domain = (...words: readonly string[]): string =>
    `<domstatus><domain>${words.map((word) => `<initarg>${word}</initarg>`).join("")}</domain></domstatus>`;
  assert.deepEqual(parseControl(undefined, domain("-")), { kind: "none" });
  assert.deepEqual(parseControl("selinux\n", domain("-")), { kind: "selinux" });
  const control = { kind: "apparmor", profile: "a", entry: "b" };
  assert.deepEqual(parseControl("apparmor a b\n", domain("--profile", "a")), control);
  for (const known of [domain("--profile", "a"), "", undefined])
    assert.equal(parseControl(undefined, known), undefined);
});
