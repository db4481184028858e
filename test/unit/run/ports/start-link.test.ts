import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSubnet } from "../../../../conf/values/network.ts";
import { parseSockets, states } from "../../../../helpers/host/network/sockets.ts";
import { renderStartLink } from "../../../../helpers/run/ports/set-up-ports.ts";

const link = {
  device: "sp-web",
  mac: "06:5b:6a:1f:0e:5c",
  addresses: [
    { host: parseSubnet("198.18.0.41/30"), sandbox: parseSubnet("198.18.0.42/30") },
    { host: parseSubnet("fd12:0:0:a::1/126"), sandbox: parseSubnet("fd12:0:0:a::2/126") },
  ],
  isSecond: true,
};

test("the file of a link has variables for proxies, stop-idle and drop-datagrams", () => {
  assert.equal(
    renderStartLink(link),
    `DEVICE=sp-web
LINK=198.18.0.42
SOCKETS=2A0012C6|0000000000000000FFFF00002A0012C6|000012FD0A0000000000000002000000
`,
  );
});

test("its addresses are those of the kernel's tables of sockets, also of IPv4 in a socket of IPv6", () => {
  const sockets = /^SOCKETS=(.*)$/m.exec(renderStartLink(link))?.[1]?.split("|") ?? [];
  const table = sockets
    .map((own, index) => `   ${index}: ${own}:0050 ${own.replaceAll(/./g, "0")}:0000 0A 0`)
    .join("\n");
  assert.deepEqual(
    parseSockets(table, [states.listen]).map(({ address }) => address.text),
    ["198.18.0.42", "::ffff:c612:2a", "fd12:0:0:a::2"],
  );
});
