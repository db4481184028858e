import assert from "node:assert/strict";
import { test } from "node:test";
import { listIpv4, listIpv6, readAddresses } from "../../../../helpers/host/network/links.ts";

const trie = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 192.168.177.0/24 2 0 2
        |-- 192.168.177.0
           /24 link UNICAST
        |-- 192.168.177.69
           /32 host LOCAL
        |-- 192.168.177.255
           /32 link BROADCAST
Local:
        |-- 127.0.0.1
           /32 host LOCAL
        |-- 192.168.177.69
           /32 host LOCAL
`;
const table = `fe8000000000000000ed06fffee6778f 34 40 20 80     eth0
fd7700000000000000ed06fffee6778f 34 40 00 00     eth0
00000000000000000000000000000001 01 80 10 80       lo
`;

test("the own addresses are told from gateways, broadcasts and the loopback's", () => {
  assert.deepEqual(listIpv4(trie), ["192.168.177.69"]);
  assert.deepEqual(listIpv6(table), ["fd77::ed:6ff:fee6:778f"]);
});

test("addresses that were set come before those that a router advertised, whatever the kernel's order", () => {
  const lines = [
    "fd770000000000000000000000000201 34 40 00 80     eth0",
    "fd7700000000000000ed06fffee6778f 34 40 00 00     eth0",
    "fd770000000000000000000000000200 34 40 00 80     eth0",
  ];
  const expected = ["fd77::200", "fd77::201", "fd77::ed:6ff:fee6:778f"];
  assert.deepEqual(listIpv6(lines.join("\n")), expected);
  assert.deepEqual(listIpv6(lines.toReversed().join("\n")), expected);
});

test("a process that is gone has none", () => {
  assert.deepEqual(readAddresses(0), []);
});
