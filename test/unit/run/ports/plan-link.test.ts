import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { isInSubnet, parseSubnet, type Subnet, toBits } from "../../../../conf/values/network.ts";
import { nameInterface, planInterface } from "../../../../helpers/run/network/plan-interface.ts";
import { planLink } from "../../../../helpers/run/ports/plan-ports.ts";
import { confOf } from "../../conf/conf-of.ts";

const uuid = "5b6a1f0e-5c5d-4f7b-9d5e-0d6c7c1b2a3f";
const machine = "0123456789abcdef0123456789abcdef";

function plan({
  lines = ["Publish=80:80"],
  state = { idBase: 655_360, uuid },
  name = "web",
  machineId = machine,
  hasIpv6 = true,
}: {
  readonly lines?: readonly string[];
  readonly state?: { readonly idBase: number | null; readonly uuid: string };
  readonly name?: string;
  readonly machineId?: string;
  readonly hasIpv6?: boolean;
} = {}) {
  return planLink(confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines.join("\n")}\n`, name), state, {
    machineId,
    hasIpv6,
  });
}

const show = ({ text, prefix }: Subnet): string => `${text}/${prefix}`;
const ends = (...given: Parameters<typeof plan>) =>
  plan(...given)?.addresses.map(({ host, sandbox }) => [show(host), show(sandbox)]);

test("where the host has no IPv6, a link has none either", () => {
  assert.deepEqual(ends({ hasIpv6: false })?.length, 1);
});

test("a sandbox without ports that the kernel leads to has no link", () => {
  for (const lines of [
    [],
    ["Publish=127.0.0.1:80:80", "Publish=[::1]:80:80"],
    ["Publish=80:80", "PublishBy=proxy"],
    ["Publish=80:80,proxy-protocol"],
    ["Listen=80"],
  ])
    assert.equal(plan({ lines }), null, lines.join(" "));
});

test("it has one for any other, and the addresses of both ends follow from its ids", () => {
  const link = plan({ lines: ["Publish=127.0.0.1:80:80", "Publish=192.0.2.7:53:53/udp"] });
  assert.deepEqual([link?.device, link?.mac, link?.isSecond], ["sp-web", "06:5b:6a:1f:0e:5c", false]);
  // The tenth sandbox has the tenth subnet.
  assert.deepEqual(ends()?.[0], ["198.18.0.41/30", "198.18.0.42/30"]);
  assert.match(ends()?.[1]?.join(" ") ?? "", /^(fd[0-9a-f]{2}:[0-9a-f:]+:a::)1\/126 \1(2)\/126$/);
});

test("a subnet of LinkRange= replaces ours, of its family", () => {
  assert.deepEqual(ends({ lines: ["Publish=80:80", "LinkRange=10.90.0.0/16"] })?.[0], [
    "10.90.0.41/30",
    "10.90.0.42/30",
  ]);
  const lines = ["Publish=80:80", "LinkRange=fd12:3456:789a::/48"];
  assert.deepEqual(ends({ lines }), [
    ["198.18.0.41/30", "198.18.0.42/30"],
    ["fd12:3456:789a:a::1/126", "fd12:3456:789a:a::2/126"],
  ]);
});

test("in a range with fewer links than ids the links are used again", () => {
  const at = (index: number, range: string) =>
    ends({ lines: ["Publish=80:80", `LinkRange=${range}`], state: { idBase: index * 65_536, uuid } })?.map(
      ([, own]) => own,
    );
  assert.equal(at(63, "192.0.2.0/24")?.[0], "192.0.2.254/30");
  assert.equal(at(64, "192.0.2.0/24")?.[0], "192.0.2.2/30");
  assert.equal(at(65, "2001:db8::/58")?.[1], "2001:db8:0:1::2/126");
});

test("sandboxes of one host that have ids of their own have addresses of their own, in the range", () => {
  const texts = new Set<string>();
  for (const index of [8, 9, 10, 1000, 28_671]) {
    const addresses = plan({ state: { idBase: index * 65_536, uuid } })?.addresses ?? [];
    assert.equal(addresses.length, 2);
    for (const { host, sandbox } of addresses) {
      assert.ok(isInSubnet(sandbox, host) && isInSubnet(host, sandbox));
      assert.equal(toBits(sandbox) - toBits(host), 1n);
      assert.ok(host.family === 6 || isInSubnet(host, parseSubnet("198.18.0.0/15")));
      texts.add(sandbox.text);
    }
  }
  assert.equal(texts.size, 10);
});

test("without ids it takes its uuid, and stays in the range", () => {
  const links = ["00000000", "00000001", "ffffffff"].map((start) =>
    ends({ state: { idBase: null, uuid: uuid.replace(/^\w{8}/, start) } })?.map(([, own]) => own),
  );
  assert.deepEqual(
    links.map((link) => link?.[0]),
    ["198.18.0.2/30", "198.18.0.6/30", "198.19.255.254/30"],
  );
});

test("hosts have subnets of IPv6 of their own, and each keeps its", () => {
  const own = (machineId: string): string | undefined => ends({ machineId })?.[1]?.[0];
  assert.notEqual(own(machine), own(machine.replace("0", "1")));
  assert.equal(own(machine), own(machine));
  assert.ok(isInSubnet(parseSubnet(own(machine) ?? ""), parseSubnet("fd00::/8")));
});

test("beside an interface of a network the link is the second, with a MAC address of its own", () => {
  const lines = ["Network=default", "Publish=80:80"];
  const link = plan({ lines });
  assert.equal(link?.isSecond, true);
  const nic = planInterface(confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines.join("\n")}\n`), uuid);
  assert.notEqual(link.mac, nic?.mac);
});

test("the name of an interface fits, whatever the sandbox is called", () => {
  const names = ["a", "twelve-chars", "thirteen-char", "thirteen-chax", "x".repeat(63)];
  const devices = names.map((name) => nameInterface("sp-", parseSandboxName(name)));
  assert.deepEqual(devices.slice(0, 2), ["sp-a", "sp-twelve-chars"]);
  for (const device of devices) assert.match(device, /^sp-[\w.-]{1,12}$/);
  assert.equal(new Set(devices).size, devices.length);
});
