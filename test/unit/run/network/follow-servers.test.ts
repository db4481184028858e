import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName, type SandboxName } from "../../../../base/sandbox-name.ts";
import {
  describeStatus,
  type FollowHost,
  followServers,
  type Telling,
  tellServers,
} from "../../../../helpers/run/network/name-servers.ts";
import type { StartNetwork } from "../../../../helpers/run/plan/start-plan.ts";

const nic = { kind: "libvirt", network: "default", device: "sb", addresses: [], rules: null, servers: null } as const;

/** Fakes a host that records the requests. */
function fakeHost(networks: Record<string, StartNetwork>, fakes: Partial<FollowHost> = {}) {
  const told: SandboxName[] = [];
  const warnings: string[] = [];
  const host: FollowHost = {
    listSandboxes: () => new Map(Object.entries(networks).map(([name, each]) => [parseSandboxName(name), each])),
    hasOwnServers: () => false,
    readServers: () => ({ host: "nameserver 192.0.2.1\n" }),
    tell: (name) => {
      told.push(name);
      return Promise.resolve({ kind: "told" });
    },
    warn: (text) => warnings.push(text),
    ...fakes,
  };
  return { host, told, warnings };
}

test("those that have the host's name servers are told, and neither those with DHCP nor those with DNS=", async () => {
  const { host, told, warnings } = fakeHost(
    {
      asks: { ...nic, dhcp: true },
      hosted: { kind: "host" },
      own: { ...nic, dhcp: false },
      fixed: { ...nic, dhcp: false },
    },
    { hasOwnServers: (name) => name === "own" },
  );
  await followServers(host);
  assert.deepEqual(told, ["hosted", "fixed"]);
  assert.deepEqual(warnings, []);
});

test("what changes meanwhile is told as well, until nothing changes", async () => {
  const texts = ["one", "two", "two", "never read"];
  const { host, told } = fakeHost({ web: { kind: "host" } }, { readServers: () => texts.shift() });
  await followServers(host);
  assert.deepEqual([told, texts], [["web", "web"], ["never read"]]);
});

// A6
test("one that hangs keeps no other waiting, and no more than 32 are told at once", async () => {
  const names = Array.from({ length: 40 }, (_, index) => `s${index}`);
  const waiting: (() => void)[] = [];
  const { host } = fakeHost(Object.fromEntries(names.map((name) => [name, { kind: "host" }])), {
    tell: (name) =>
      new Promise((resolve) => {
        const end = (): void => {
          resolve({ kind: "told" });
        };
        if (name === "s0") waiting.unshift(end);
        else waiting.push(end);
      }),
  });
  const done = followServers(host);
  const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  await tick();
  assert.equal(waiting.length, 32);
  const [first, ...others] = waiting.splice(0);
  for (const end of others) end();
  await tick();
  assert.equal(waiting.length, 8);
  for (const end of waiting) end();
  first?.();
  await done;
});

test("a sandbox that keeps its old servers is named, with the reason and what to do", async () => {
  const warn = async (telling: Telling): Promise<readonly string[]> => {
    const { host, warnings } = fakeHost({}, { tell: () => Promise.resolve(telling) });
    await tellServers(parseSandboxName("web"), host);
    return warnings;
  };
  assert.deepEqual(await warn({ kind: "told" }), []);
  assert.deepEqual(await warn({ kind: "not running" }), []);
  assert.deepEqual(await warn({ kind: "too late" }), [
    "web keeps its old name servers: it did not take the new ones within ten seconds. It has the new ones after: systemctl restart sandbox@web",
  ]);
  assert.match(
    (await warn({ kind: "failed", status: 1 })).join(),
    /^web keeps its old name servers: the new ones cannot be written to its \/run\/host\/resolv\.conf \(status 1\)\. /,
  );
});

test("timeout(1) tells who was too late", () => {
  assert.deepEqual(
    [0, 1, 124, 137].map((status) => describeStatus(status).kind),
    ["told", "failed", "too late", "too late"],
  );
});
