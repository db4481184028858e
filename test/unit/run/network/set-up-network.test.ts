import assert from "node:assert/strict";
import { test } from "node:test";
import { describeError, SandboxError } from "../../../../base/errors.ts";
import { parseSandboxName } from "../../../../base/sandbox-name.ts";
import { type NetworkHost, setUpNetwork } from "../../../../helpers/run/network/set-up-network.ts";
import type { StartInterface, StartNetwork } from "../../../../helpers/run/plan/start-plan.ts";

const web = parseSandboxName("web");
const lab: StartInterface = {
  ...{ kind: "libvirt", network: "lab", device: "sb-web", dhcp: true, addresses: [], servers: null },
  rules: { load: 'add rule "@BRIDGE@"\n', unload: 'delete rule "@BRIDGE@"\n' },
};
const fixed: StartInterface = { ...lab, dhcp: false, addresses: ["192.0.2.7", "2001:db8::7"] };
const bridged: StartInterface = { ...fixed, kind: "bridge", network: "br0" };

/** Fakes a host without problems, which records the steps. */
function fakeHost(network: StartNetwork | null, fakes: Partial<NetworkHost> = {}) {
  const done: string[] = [];
  const host: NetworkHost = {
    listSandboxes: () => new Map(network === null ? [] : [[web, network]]),
    startNetwork: () => Promise.resolve({ kind: "started" }),
    listNetworks: () => Promise.resolve(["default", "lab"]),
    bridgeOf: (name) => (name === "lab" ? "virbr-lab" : undefined),
    isBridge: (device) => device === "br0",
    listBridges: () => ["br0", "virbr-lab"],
    listAddresses: () => Promise.resolve([{ family: 4, text: "192.0.2.1", device: "virbr-lab" }]),
    deleteLink: (device) => {
      done.push(`delete ${device}`);
      return Promise.resolve(undefined);
    },
    takeLock: () => {
      done.push("lock");
      return Promise.resolve({ release: () => done.push("release") });
    },
    nft: (rules) => {
      done.push(rules);
      return Promise.resolve({ status: 0, output: "" });
    },
    writeLoaded: () => undefined,
    writeUnload: (name, rules) => done.push(`unfilter of ${name}: ${rules.trim()}`),
    writeResolvConf: (name) => done.push(`resolv.conf of ${name}`),
    ...fakes,
  };
  return { setUp: () => setUpNetwork(web, network, host), done };
}

const taken = (bridge: string, ...addresses: readonly string[]): string =>
  [
    "add table bridge sandboxcontainer",
    `add set bridge sandboxcontainer taken-${bridge} { typeof @nh,96,32; }`,
    `flush set bridge sandboxcontainer taken-${bridge}`,
    `add element bridge sandboxcontainer taken-${bridge} { ${addresses.join(", ")} }\n`,
  ].join("\n");

const errorOf = async (network: StartNetwork, fakes: Partial<NetworkHost>) => {
  const { setUp, done } = fakeHost(network, fakes);
  const error = await setUp().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof SandboxError);
  return { said: describeError(error), done };
};

test("a sandbox with a loopback alone needs nothing", async () => {
  const { setUp, done } = fakeHost(null);
  await setUp();
  assert.deepEqual(done, []);
});

test("with the host's network it only gets name servers", async () => {
  const { setUp, done } = fakeHost({ kind: "host" });
  await setUp();
  assert.deepEqual(done, ["resolv.conf of web"]);
});

test("the rules are loaded in one go with the addresses that are taken, by one at a time, and can be taken back before", async () => {
  const { setUp, done } = fakeHost(fixed);
  await setUp();
  assert.deepEqual(done, [
    "delete sb-web",
    "lock",
    'unfilter of web: delete rule "virbr-lab"',
    `add rule "virbr-lab"\n${taken("virbr-lab", "0xc0000201", "0xc0000207")}`,
    "release",
    "resolv.conf of web",
  ]);
});

test("a name of a bridge is taken as it is", async () => {
  const { setUp, done } = fakeHost({ ...bridged, network: "br$&" }, { isBridge: () => true });
  await setUp();
  assert.ok(done.includes('unfilter of web: delete rule "br$&"'));
});

test("with DHCP the client writes the name servers, unless DNS= says them", async () => {
  for (const [servers, written] of [
    [null, false],
    ["nameserver 192.0.2.53\n", true],
  ] as const) {
    const { setUp, done } = fakeHost({ ...lab, servers });
    await setUp();
    assert.equal(done.includes("resolv.conf of web"), written);
  }
});

// A4
test("without rules of ours the others still must not have its address, and nft need not be there", async () => {
  const loaded: string[] = [];
  const { setUp, done } = fakeHost(
    { ...bridged, rules: null },
    {
      nft: (rules) => {
        loaded.push(rules);
        return Promise.resolve({ status: 127, output: "nft: not found" });
      },
    },
  );
  await setUp();
  assert.deepEqual(loaded, [taken("br0", "0xc0000201", "0xc0000207")]);
  assert.deepEqual(done, ["delete sb-web", "lock", "release", "resolv.conf of web"]);
});

test("a network that is not there is named, with those that are", async () => {
  assert.equal(
    (await errorOf(lab, { startNetwork: () => Promise.resolve({ kind: "unknown" }) })).said,
    "there is no libvirt network lab. Networks here: default lab. Change Network= in the conf of web, or define it: virsh net-define",
  );
  const alone: Partial<NetworkHost> = {
    startNetwork: () => Promise.resolve({ kind: "unknown" }),
    listNetworks: () => Promise.resolve([]),
  };
  assert.match((await errorOf(lab, alone)).said, /Networks here: none\. /);
  assert.equal(
    (await errorOf(bridged, { isBridge: () => false })).said,
    "there is no bridge br0 on this host. Bridges here: br0 virbr-lab. Change Network= in the conf of web",
  );
});

test("a network that does not start, or has no bridge, fails the start", async () => {
  const failed: Partial<NetworkHost> = {
    startNetwork: () => Promise.resolve({ kind: "failed", reason: "dnsmasq is missing" }),
  };
  assert.equal((await errorOf(lab, failed)).said, "the libvirt network lab did not start: dnsmasq is missing");
  assert.equal(
    (await errorOf(lab, { bridgeOf: () => undefined })).said,
    "the libvirt network lab has no bridge, but sandboxes need one",
  );
});

test("an address of the host is refused, however it is spelt, and the lock is let go", async () => {
  const listAddresses = () => Promise.resolve([{ family: 6, text: "2001:db8::7", device: "eth0" }] as const);
  const written = { ...fixed, addresses: ["2001:db8:0::7"] };
  const { said, done } = await errorOf(written, { listAddresses });
  assert.equal(said, "this host already has the address 2001:db8:0::7, on eth0. Change Address= in the conf of web");
  assert.deepEqual(done, ["delete sb-web", "lock", "release"]);
});

test("an interface that an earlier start left and that stays fails the start", async () => {
  assert.equal(
    (await errorOf(lab, { deleteLink: () => Promise.resolve("Operation not permitted") })).said,
    "the interface sb-web of an earlier start cannot be deleted: Operation not permitted",
  );
});

test("rules that nft does not take fail the start, and the lock is let go", async () => {
  const { said, done } = await errorOf(lab, { nft: () => Promise.resolve({ status: 1, output: "syntax error" }) });
  assert.equal(
    said,
    "the rules against spoofing cannot be loaded: syntax error. Is nftables installed? To do without them: Filter=none in the conf's [Network] section",
  );
  assert.equal(done.at(-1), "release");
});
