import assert from "node:assert/strict";
import { test } from "node:test";
import { parseTraffic } from "../../../../helpers/host/network/traffic.ts";

// As the kernel writes it (proc_pid_net(5)).
const dev = `Inter-|   Receive                                                |  Transmit
 face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed
    lo:    1234      10    0    0    0     0          0         0     1234      10    0    0    0     0       0          0
sp-averylongnam: 500 3 0 0 0 0 0 0 70000 9 0 0 0 0 0 0
sb-w:18446744073709551615       1    0    0    0     0          0         0        7       1    0    0    0     0       0          0
`;

test("a sandbox has received what the end of its link on the host has sent", () => {
  const traffic = parseTraffic(dev);
  assert.deepEqual([...traffic.keys()], ["lo", "sp-averylongnam", "sb-w"]);
  assert.deepEqual(traffic.get("sp-averylongnam"), { device: "sp-averylongnam", received: 70000, sent: 500 });
  assert.equal(traffic.get("sb-w")?.received, 7);
});
