import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../generator/conf/sandbox-name.ts";
import { requireSockets } from "../../../../helpers/run/launch/require-sockets.ts";

const web = parseSandboxName("web");
const sockets = [
  { unit: "a.socket", port: 80 },
  { unit: "b.socket", port: 443 },
];

/** Runs the check with this output of systemctl and ss. */
const check = (states: string, listeners = ""): Promise<void> =>
  requireSockets(web, sockets, (program) =>
    Promise.resolve({ status: 3, output: program === "ss" ? listeners : states }),
  );

test("open sockets are fine, and none at all too", async () => {
  await check("active\nactive");
  await requireSockets(web, [], () => assert.fail("nothing is to be asked"));
});

test("a port that somebody else has is told with who that is", async () => {
  const line = 'LISTEN 0 511 *:443 *:* users:(("nginx",pid=12,fd=5),("nginx",pid=13,fd=5))';
  await assert.rejects(check("active\nfailed", line), /port 443 of this host is in use by nginx \(process 12\)/);
});

test("nobody may be found by now", async () => {
  await assert.rejects(check("inactive\nactive"), /port 80 of this host is in use by another program/);
});
