import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";

// The modules set their paths when they are loaded.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
process.env["SANDBOXCONTAINER_ROOT"] = top;
const { hasEarlierClaim, parseContainer, parseControl, readEarlierContainer, readEarlierRun, readPlanned } =
  await import("../../../../helpers/run/running/earlier-run.ts");

after(() => {
  rmSync(top, { recursive: true });
});

const web = parseSandboxName("web1");
const start = join(top, "var/lib/sandboxcontainer/web1/start");
const runtime = join(top, "run/sandboxcontainer/web1");
const put = (file: string, text: string): void => {
  writeFileSync(join(start, file), text);
};

beforeEach(() => {
  rmSync(start, { recursive: true, force: true });
  mkdirSync(start, { recursive: true });
  put("control", "selinux\n");
  put("units", "");
  put("system-calls", "1 6 0 0 0");
  rmSync(runtime, { recursive: true, force: true });
  mkdirSync(runtime, { recursive: true });
});

const refused = (): void => {
  assert.throws(() => readPlanned(web), { name: "SandboxError", message: /plan\.json is missing/ });
};

test("what a running sandbox of version 0.1.0 needs is read from its small files", () => {
  put("units", "apache2.service\nextra.service\n");
  put("claims", "ids-0:655360:65536\nlevel-s0:c1,c2\n");
  put("sockets", "sandbox-web1-80.socket 80\nsandbox-web1-53.udp.socket 53\n");
  put("network", "bridge br0 sb-web1 static 192.0.2.7 2001:db8::7\n");
  put("servers", "nameserver 192.0.2.53\n");
  const plan = readPlanned(web);
  assert.deepEqual(plan.control, { kind: "selinux" });
  assert.equal(plan.systemCalls, "1 6 0 0 0");
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
  const plan = readPlanned(web);
  assert.deepEqual([plan.isCommand, plan.units, plan.network], [true, [], null]);
  put("network", "libvirt default sb-web1 dhcp\n");
  const network = readPlanned(web).network;
  assert.ok(network?.kind === "libvirt" && network.dhcp);
  put("network", "host\n");
  assert.deepEqual(readPlanned(web).network, { kind: "host" });
});

test("a file `control` that is missing or damaged is no plan while nothing runs", () => {
  for (const text of ["", "\n", "selin", "none\n", "selinux x\n", "apparmor\n", "apparmor a\n", "apparmor a b c\n"]) {
    put("control", text);
    refused();
  }
  rmSync(join(start, "control"));
  refused();
});

for (const file of ["units", "system-calls"])
  test(`a start without a plan and without ${file} is not taken for one of that version`, () => {
    rmSync(join(start, file));
    refused();
  });

test("only what an earlier build has started is taken for that", () => {
  assert.equal(readEarlierRun(web), undefined);
  writeFileSync(join(runtime, "started"), "populated-0-1\n");
  assert.deepEqual(readEarlierRun(web), readPlanned(web));
});

test("an earlier build recorded the container, or nothing", () => {
  const [init, controller] = [
    { pid: 20, began: "300" },
    { pid: 19, began: "299" },
  ];
  assert.equal(readEarlierContainer(web), undefined);
  for (const [text, container] of [
    ["", { kind: "asked" }],
    ["gone\n", { kind: "gone" }],
    ["20 300 19 299\n", { kind: "started", init, controller }],
    ["20 300\n", { kind: "started", init, controller: null }],
  ] as const) {
    writeFileSync(join(runtime, "init"), text);
    assert.deepEqual(readEarlierContainer(web), container, text);
  }
  for (const text of ["1", "1/../2 5", "-1 5", "20 300 19", "20 300 19 299 1", "init 300"])
    assert.deepEqual(parseContainer(text), { kind: "gone" }, text);
});

test("an earlier build recorded its claims, and version 0.1.0 mounted with them", () => {
  writeFileSync(join(runtime, "fstab"), "root /root none X-mount.idmap=0:1048576:65536\n");
  assert.ok(hasEarlierClaim(web, "ids-0:1048576:65536"));
  writeFileSync(join(runtime, "claims"), "level-s0:c1,c25\n");
  assert.ok(hasEarlierClaim(web, "level-s0:c1,c25"));
  for (const claim of ["level-s0:c1,c2", "ids-0:1048576:65536"]) assert.equal(hasEarlierClaim(web, claim), false);
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
