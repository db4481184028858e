import assert from "node:assert/strict";
import { test } from "node:test";
import { findNetworkFile } from "../../../helpers/command/find-causes.ts";

test("a file about the network that cannot be opened is found in what a service says", () => {
  for (const [said, file] of [
    ["fopen: /proc/net/nf_conntrack: Permission denied", "/proc/net/nf_conntrack"],
    ["cannot open '/proc/self/net/ip_vs': No such file or directory.", "/proc/self/net/ip_vs"],
    ["open(/proc/7/net/ip_tables_names) = EACCES", "/proc/7/net/ip_tables_names"],
    [
      "sysctl: setting key: Read-only file system: /proc/sys/net/netfilter/nf_conntrack_max",
      "/proc/sys/net/netfilter/nf_conntrack_max",
    ],
  ])
    assert.equal(findNetworkFile(`starting\n${String(said)}\nFatal: Error initializing core`), file);
});

test("what is the sandbox's own, what can be opened, and other files are not found", () => {
  for (const said of [
    "/proc/sys/net/ipv4/ip_forward: Permission denied",
    "/proc/sys/net/core/somaxconn is set to 128",
    "reading /proc/net/route\n/etc/x: Permission denied",
    "/srv/proc-net/x: Permission denied",
    "",
  ])
    assert.equal(findNetworkFile(said), undefined, said);
});

test("a long line takes a short time", () => {
  const began = performance.now();
  findNetworkFile(`${"/proc/net/".repeat(20_000)}: Permission denied`);
  findNetworkFile(`${"/proc/net/-".repeat(20_000)}${"-".repeat(100_000)} EACCES`);
  assert.ok(performance.now() - began < 2000);
});
