import assert from "node:assert/strict";
import test from "node:test";
import { assembleFilter } from "../../../../helpers/run/seccomp/assemble-filter.ts";
import { type FilterLine, planFilter } from "../../../../helpers/run/seccomp/plan-filter.ts";
import { systemCalls } from "../../../../helpers/run/seccomp/system-calls.ts";
import { interpret } from "./interpret.ts";

interface Wishes {
  readonly units?: boolean;
  readonly added?: readonly string[];
  readonly lines?: readonly FilterLine[];
  readonly machine?: string;
}

/** Returns what the filter of a sandbox answers to a call by its name or number. */
function ask({ units = true, added = [], lines = [], machine = "x64" }: Wishes = {}) {
  const calls = systemCalls[machine];
  assert.ok(calls);
  const program = assembleFilter(planFilter({ units, added: new Set(added), lines }), calls);
  return (call: string | number, ...args: number[]): string => {
    const number = typeof call === "number" ? call : calls.numbers.get(call);
    assert.ok(number !== undefined, `no number of ${call}`);
    return interpret(program, calls.architecture, number, args);
  };
}

const everyday = ["read", "write", "openat", "mmap", "execve", "futex", "epoll_pwait", "clone3", "setuid", "seccomp"];

for (const machine of ["x64", "arm64"]) {
  test(`what services need passes, and what nobody needs does not, on ${machine}`, () => {
    const answer = ask({ machine });
    for (const call of [...everyday, "mount", "setns", "ptrace", "unshare", "open_tree"])
      assert.equal(answer(call, 0x7e020000), "allow", call);
    for (const call of [
      "bpf",
      "io_uring_setup",
      "userfaultfd",
      "keyctl",
      "open_by_handle_at",
      "finit_module",
      "reboot",
    ])
      assert.equal(answer(call), "EPERM", call);
  });
}

test("a command also cannot mount, enter, watch or make namespaces", () => {
  const answer = ask({ units: false });
  for (const call of ["mount", "move_mount", "setns", "ptrace", "process_vm_readv"])
    assert.equal(answer(call), "EPERM", call);
  assert.equal(answer("clone3"), "ENOSYS", "so that the C library uses clone");
  assert.equal(answer("clone", 0x10000011), "EPERM", "CLONE_NEWUSER");
  assert.equal(answer("clone", 0x1200011), "allow", "fork");
  assert.equal(answer("unshare", 0x80), "EPERM", "CLONE_NEWTIME");
  assert.equal(answer("unshare", 0x400), "allow", "CLONE_FILES");
  for (const call of everyday.filter((each) => each !== "clone3")) assert.equal(answer(call), "allow", call);
});

test("calls of newer kernels and of other interfaces do not exist", () => {
  const answer = ask();
  for (const call of [336, 400, 423, 463, 600, 0x40000000, 0x40000001, -1]) assert.equal(answer(call), "ENOSYS");
  const calls = systemCalls["x64"];
  assert.ok(calls);
  const program = assembleFilter(planFilter({ units: true, added: new Set(), lines: [] }), calls);
  assert.equal(interpret(program, 0x40000003, 20), "ENOSYS", "AUDIT_ARCH_I386, getpid");
});

test("a higher priority seems to be given, and a lower one is", () => {
  const answer = ask();
  assert.equal(answer("setpriority", 0, 0, -20), "success");
  assert.equal(answer("setpriority", 0, 0, 0xffffffec), "success", "-20 of 32 bits");
  for (const value of [0, 19]) assert.equal(answer("setpriority", 0, 0, value), "allow");
});

test("sockets are of the usual families", () => {
  const answer = ask();
  const sockets = (...families: number[]) => families.map((family) => answer("socket", family, 1, 0));
  assert.deepEqual(sockets(1, 2, 10, 16), ["allow", "allow", "allow", "allow"]);
  assert.deepEqual(new Set(sockets(0, 15, 38, 40, 44)), new Set(["EAFNOSUPPORT"]));
  for (const family of [2, 10]) {
    const inet = (type: number, protocol: number) => answer("socket", family, type, protocol);
    // SOCK_CLOEXEC and SOCK_NONBLOCK are beside the type.
    for (const protocol of [0, 6, 262]) assert.equal(inet(0x80801, protocol), "allow", String(protocol));
    for (const protocol of [33, 115, 132, 256]) assert.equal(inet(0x80801, protocol), "EPROTONOSUPPORT");
    assert.equal(inet(0x80003, 89), "allow", "only who may use raw sockets gets one");
  }
  assert.equal(answer("socket", 16, 3, 4), "allow", "NETLINK_SOCK_DIAG");
  assert.equal(answer("socket", 16, 3, 9), "EAFNOSUPPORT", "NETLINK_AUDIT");
  // What a capability would bring is a question of rights.
  assert.equal(answer("socket", 17, 3, 0), "EPERM", "AF_PACKET");
  assert.equal(answer("socket", 2, 0x8000a, 0x300), "EPERM", "AF_INET with SOCK_PACKET means AF_PACKET");
  assert.equal(answer("socket", 16, 3, 12), "EPERM", "NETLINK_NETFILTER");
});

test("a capability brings the calls that it is for", () => {
  assert.equal(ask({ added: ["CAP_SYS_TIME"] })("clock_settime"), "allow");
  assert.equal(ask({ added: ["CAP_NET_RAW"] })("socket", 17, 3, 0), "allow");
  assert.equal(ask({ added: ["CAP_NET_RAW"] })("socket", 2, 10, 0x300), "allow", "SOCK_PACKET");
  const network = ask({ added: ["CAP_NET_ADMIN"] });
  assert.equal(network("socket", 16, 3, 12), "allow", "NETLINK_NETFILTER");
  assert.equal(network("bpf"), "EPERM");
  assert.equal(ask({ units: false, added: ["CAP_SYS_ADMIN"] })("unshare", 0x10000000), "allow");
});

test("lines of the conf widen and narrow, the last counts", () => {
  const allow = (...calls: string[]): FilterLine => ({ denies: false, calls });
  const deny = (...calls: string[]): FilterLine => ({ denies: true, calls });
  const answer = ask({ units: false, lines: [allow("userfaultfd", "bpf", "unshare", "socket"), deny("bpf", "chown")] });
  assert.equal(answer("userfaultfd"), "allow");
  assert.equal(answer("bpf"), "EPERM");
  assert.equal(answer("chown"), "EPERM");
  assert.equal(answer("unshare", 0x10000000), "allow");
  assert.equal(answer("socket", 38), "allow");
});
