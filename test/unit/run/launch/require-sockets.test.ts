import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { requireSockets } from "../../../../helpers/run/launch/require-ready.ts";

const web = parseSandboxName("web");
const sockets = [
  { unit: "a.socket", protocol: "tcp", port: 80 },
  { unit: "b.socket", protocol: "tcp", port: 443 },
] as const;

/** Runs the check with these outputs of systemctl, one after the other, and of ss. Returns what was started. */
async function check(states: readonly string[], listeners = ""): Promise<readonly string[]> {
  const started: string[] = [];
  let [asked, slept] = [0, 0];
  await requireSockets(web, sockets, {
    run: (program, [verb = "", ...units]) => {
      if (verb === "start") started.push(...units);
      const output = verb === "is-active" ? states[Math.min(asked++, states.length - 1)] : listeners;
      return Promise.resolve({ status: 3, output: program === "ss" ? listeners : (output ?? "") });
    },
    sleep: (milliseconds) => Promise.resolve((slept += milliseconds)),
  }).finally(() => {
    assert.ok(slept <= 2000, `${slept}`);
  });
  return started;
}

test("open sockets are fine, and none at all too", async () => {
  assert.deepEqual(await check(["active\nactive"]), []);
  const never = (): never => assert.fail("nothing is to be done");
  await requireSockets(web, [], { run: never, sleep: never });
});

test("a port that somebody else has is told with who that is", async () => {
  const line = 'LISTEN 0 511 *:443 *:* users:(("nginx",pid=12,fd=5),("nginx",pid=13,fd=5))';
  await assert.rejects(check(["active\nfailed"], line), /port 443 of this host is in use by nginx \(process 12\)/);
});

test("a port that only a child of systemd still has is opened again", async () => {
  const line = 'LISTEN 0 511 *:443 *:* users:(("(sd-rmrf)",pid=12,fd=5))';
  const states = ["active\nfailed", "active\nfailed", "active\nactive"];
  assert.deepEqual(await check(states), ["b.socket", "b.socket"]);
  assert.deepEqual(await check(states, line), ["b.socket", "b.socket"]);
});

test("of a port of UDP others are asked, and are told as such", async () => {
  const asked: string[] = [];
  const check = requireSockets(web, [{ unit: "a.udp.socket", protocol: "udp", port: 53 }], {
    run: (program, args) => {
      if (program === "ss") asked.push(args.join(" "));
      const output = program === "ss" ? 'UNCONN 0 0 *:53 *:* users:(("dnsmasq",pid=7,fd=4))' : "failed";
      return Promise.resolve({ status: 3, output });
    },
    sleep: () => Promise.resolve(),
  });
  await assert.rejects(check, /UDP port 53 of this host is in use by dnsmasq \(process 7\)/);
  assert.deepEqual(asked, ["-Hlunp sport = :53"]);
});

test("nobody may be found by now", async () => {
  await assert.rejects(check(["inactive\nactive"]), /port 80 of this host is in use by another program/);
});
