import assert from "node:assert/strict";
import fc from "fast-check";
import { test } from "node:test";
import { parseSubnet } from "../../../../generator/conf/values/parse-address.ts";
import { parseListeners } from "../../../../helpers/host/listeners.ts";
import { planLink } from "../../../../helpers/run/ports/plan-link.ts";
import { parseStartLink, renderStartLink } from "../../../../helpers/run/ports/start-link.ts";
import { confOf } from "../../generator/conf/conf-of.ts";

const link = {
  device: "sp-web",
  mac: "06:5b:6a:1f:0e:5c",
  addresses: [
    { host: parseSubnet("198.18.0.41/30"), sandbox: parseSubnet("198.18.0.42/30") },
    { host: parseSubnet("fd12:0:0:a::1/126"), sandbox: parseSubnet("fd12:0:0:a::2/126") },
  ],
  isSecond: true,
};

test("what prepare writes down of a link is a file of variables, with the addresses for proxies and stop-idle", () => {
  assert.equal(
    renderStartLink(link),
    `DEVICE=sp-web
MAC=06:5b:6a:1f:0e:5c
LINK=198.18.0.42
ENDS=198.18.0.42/30,198.18.0.41/30 fd12:0:0:a::2/126,fd12:0:0:a::1/126
SOCKETS=2A0012C6|0000000000000000FFFF00002A0012C6|000012FD0A0000000000000002000000
SECOND=yes
`,
  );
});

test("its addresses are those of the kernel's tables of sockets, also of IPv4 in a socket of IPv6", () => {
  const sockets = /^SOCKETS=(.*)$/m.exec(renderStartLink(link))?.[1]?.split("|") ?? [];
  const table = sockets
    .map((own, index) => `   ${index}: ${own}:0050 ${own.replaceAll(/./g, "0")}:0000 0A 0`)
    .join("\n");
  assert.deepEqual(
    parseListeners(table, "tcp").map(({ address }) => address.text),
    ["198.18.0.42", "::ffff:c612:2a", "fd12:0:0:a::2"],
  );
});

test("it is what a start reads", () => {
  fc.assert(
    fc.property(fc.integer({ min: 8, max: 28_671 }), fc.boolean(), fc.uuid(), (index, isSecond, uuid) => {
      const network = isSecond ? "default" : "none";
      const conf = confOf(`[Sandbox]\nUnit=a.service\n[Network]\nNetwork=${network}\nPublish=80:80\n`);
      const planned = planLink(
        conf,
        { idBase: index * 65_536, uuid },
        { machineId: "0123456789abcdef0123456789abcdef", hasIpv6: true },
      );
      assert.ok(planned !== null);
      assert.deepEqual(parseStartLink(renderStartLink(planned)), planned);
    }),
  );
});

test("a text without ends has none", () => {
  assert.deepEqual(parseStartLink("DEVICE=sp-web\n"), { device: "sp-web", mac: "", addresses: [], isSecond: false });
});
