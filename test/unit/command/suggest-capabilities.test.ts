import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import {
  findMachineRights,
  findMentioned,
  findNamed,
  isSetRefused,
  suggestCapabilities,
  suggestSet,
} from "../../../helpers/command/suggest-capabilities.ts";

const web = parseSandboxName("web");
const conf = {
  Exec: undefined,
  UserNamespace: true,
  Network: { kind: "none" },
  Capabilities: [],
} as const;
const bits = (...numbers: readonly bigint[]): bigint => numbers.reduce((sum, bit) => sum | (1n << bit), 0n);

test("a unit names the capabilities over its network in either set", () => {
  assert.deepEqual(findNamed({ AmbientCapabilities: bits(12n), CapabilityBoundingSet: (1n << 41n) - 1n }), [
    "CAP_NET_ADMIN",
  ]);
  assert.deepEqual(findNamed({ AmbientCapabilities: 0n, CapabilityBoundingSet: bits(0n, 12n, 13n) }), [
    "CAP_NET_ADMIN",
    "CAP_NET_RAW",
  ]);
});

test("a unit without a limit, or one that only excludes some capabilities, names none", () => {
  const all = (1n << 41n) - 1n;
  for (const set of [all, all & ~bits(21n, 25n)])
    assert.deepEqual(findNamed({ AmbientCapabilities: 0n, CapabilityBoundingSet: set }), []);
  assert.deepEqual(findNamed({}), []);
});

test("rights over the machine that a unit names are a reason only if the kernel refused something", () => {
  const unit = { CapabilityBoundingSet: bits(7n, 18n, 23n) };
  assert.deepEqual(findMachineRights([unit, unit], "cap_set_proc() failed: Operation not permitted"), ["CAP_SYS_NICE"]);
  assert.deepEqual(findMachineRights([unit], "cannot open the file: No such file or directory"), []);
  assert.deepEqual(findMachineRights([{ CapabilityBoundingSet: bits(0n, 12n) }], "Operation not permitted"), []);
});

test("a message mentions them in any case, but only as a word", () => {
  assert.deepEqual(findMentioned("setting capability cap_net_raw failed: Operation not permitted", conf), [
    "CAP_NET_RAW",
  ]);
  assert.deepEqual(findMentioned("NO_CAP_NET_RAWS", conf), []);
});

test("a refusal by the kernel shows what is missing", () => {
  for (const said of [
    "socket: Operation not permitted",
    "You don't have permission to perform this capture on lo",
    "dhcp_openraw: Operation not permitted",
  ])
    assert.deepEqual(findMentioned(said, conf), ["CAP_NET_RAW"]);
  for (const said of [
    "RTNETLINK answers: Operation not permitted",
    "SIOCSIFFLAGS: Operation not permitted",
    "received netlink error: Operation not permitted (1)",
    "FATAL ERROR: socket() in init_netlink(): Operation not permitted (errno 1)",
    "netlink socket failed: EPERM",
    "setsockopt(SO_MARK): Operation not permitted",
    "pfkey open: Operation not permitted",
    "/proc/sys/net/ipv4/ip_forward: Permission denied",
    'sysctl: permission denied on key "net.ipv6.conf.all.forwarding"',
    "iptables v1.8.11 (nf_tables): Could not fetch rule set generation id: Permission denied (you must be root)",
  ])
    assert.deepEqual(findMentioned(said, conf), ["CAP_NET_ADMIN"]);
  for (const said of [
    "bind socket: Permission denied",
    "chown: Operation not permitted\nsocket is ready",
    "/proc/sys/net/ipv4/ip_forward is 0\nPermission denied",
    "socket() [::]:80 failed (97: Address family not supported by protocol)",
  ])
    assert.deepEqual(findMentioned(said, conf), []);
});

test("a socket that is still refused after one right needs the other", () => {
  const raw = { ...conf, Capabilities: [{ sign: "+", name: "CAP_NET_RAW" }] } as const;
  assert.ok(findMentioned("if_opensockets: Operation not permitted", raw).includes("CAP_NET_ADMIN"));
  assert.ok(!findMentioned("if_opensockets: Operation not permitted", conf).includes("CAP_NET_ADMIN"));
});

test("a service that is refused a set of capabilities is told by what it says before", () => {
  for (const said of [
    "[ERROR] Unable to switch capabilities : Operation not permitted",
    "privs_init: initial cap_set_proc failed: Operation not permitted",
    "bird: capset: Operation not permitted",
    "cannot drop capabilities (EPERM)",
  ])
    assert.ok(isSetRefused(said), said);
  for (const said of ["chown: Operation not permitted", "capabilities: none\nchown: Operation not permitted"])
    assert.ok(!isSetRefused(said), said);
});

test("such a service may have more over its network only, and else the advice is to ask its manual", () => {
  assert.match(
    suggestSet(web, conf),
    /sandboxcontainer set web Capabilities=\+CAP_NET_ADMIN Capabilities=\+CAP_NET_RAW$/,
  );
  const given = { ...conf, Capabilities: [{ sign: "+", name: "all" }] } as const;
  for (const each of [given, { ...conf, UserNamespace: false }, { ...conf, Network: { kind: "host" } } as const]) {
    assert.match(suggestSet(web, each), /If its manual names it, Capabilities= adds it/);
    assert.doesNotMatch(suggestSet(web, each), /sandboxcontainer set/);
  }
});

test("the suggestion keeps what the conf has, and is silent about what is given", () => {
  const chosen = { ...conf, Capabilities: [{ sign: "-", name: "CAP_KILL" }] } as const;
  assert.match(
    suggestCapabilities(web, chosen, ["CAP_NET_RAW", "CAP_NET_RAW"]) ?? "",
    /asks for CAP_NET_RAW\. .*: sandboxcontainer set web Capabilities=-CAP_KILL Capabilities=\+CAP_NET_RAW$/,
  );
  const given = { ...conf, Capabilities: [{ sign: "+", name: "CAP_NET_RAW" }] } as const;
  assert.equal(suggestCapabilities(web, given, ["CAP_NET_RAW"]), null);
  assert.equal(suggestCapabilities(web, conf, []), null);
});

test("nothing is suggested on the host's network or without a user namespace, because there are no rights over it", () => {
  assert.equal(suggestCapabilities(web, { ...conf, UserNamespace: false }, ["CAP_NET_ADMIN"]), null);
  assert.equal(suggestCapabilities(web, { ...conf, Network: { kind: "host" } }, ["CAP_NET_ADMIN"]), null);
});
