import assert from "node:assert/strict";
import { closeSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { attempt, calls, isRefusal } from "../../../../helpers/host/process/calls.ts";

const isRoot = process.getuid?.() === 0;

test("what the kernel refuses is told with what was to be done, in words, and with a hint", () => {
  assert.throws(() => attempt("lock: /x", (each) => each.tryLock(999_999)), {
    name: "SandboxError",
    message: "lock: /x: Bad file descriptor",
  });
  assert.throws(
    () => {
      calls().makeFifo("/missing/pipe");
    },
    (error) => isRefusal(error, "ENOENT") && !isRefusal(error, "EACCES"),
  );
  const tooLow = { name: "SandboxError", message: /^limit: / };
  assert.throws(() => {
    attempt("limit: x", (each) => {
      each.setLimit(0, 7, 10, 5);
    });
  }, tooLow);
});

test("wrong arguments are our own fault, and no call is made", () => {
  const wrong = calls() as unknown as Readonly<Record<string, (...values: readonly unknown[]) => unknown>>;
  for (const [name, ...values] of [
    ["openTree", "x", "/", false],
    ["openTree", -100, "/"],
    ["unmount", "/missing\0/x", true],
    ["makeFifo", `/${"x".repeat(5000)}`],
    ["sendTo", "/missing", 5],
    ["setLimit", 0, 7, -1, NaN],
    ["setAttributes", 1, "x", 0, -1],
    ["makeFileSystem", "tmpfs", [], "x"],
    ["askKernel", -1, 0, "no buffer"],
    ["askKernel", -1, "x", Buffer.alloc(16)],
    ["awaitPipe", "x", false, () => undefined],
    ["awaitPipe", 0, false, "no function"],
  ] as const)
    assert.throws(() => wrong[name]?.(...values), { name: "TypeError" }, name);
});

test("the addon adds no memory that is both written and executed", () => {
  calls();
  const lines = readFileSync("/proc/self/maps", "utf8")
    .split("\n")
    .filter((line) => line.endsWith("/calls.node"));
  assert.ok(lines.length > 0);
  for (const line of lines) assert.doesNotMatch(line, /^\S+ .wx/);
});

test("a map of ids is a user namespace of its own, and its process is gone", { skip: !isRoot && "needs root" }, () => {
  const before = listThreads();
  const users = calls().makeUsers(200_000, 65_536);
  assert.notEqual(readlinkSync(`/proc/self/fd/${users}`), readlinkSync("/proc/self/ns/user"));
  closeSync(users);
  assert.equal(listThreads(), before);
  assert.throws(() => calls().makeUsers(4_294_967_295, 65_536), { syscall: "a map of ids", code: /E(INVAL|PERM)/ });
});

const listThreads = (): string => readFileSync("/proc/thread-self/children", "utf8");

test("a datagram to nobody is refused, by a path or by an abstract name", () => {
  const folder = mkdtempSync(join(tmpdir(), "calls-"));
  try {
    for (const [socket, code] of [
      [join(folder, "socket"), "ENOENT"],
      ["@sandboxcontainer-test-nobody", "ECONNREFUSED"],
      [`/${"x".repeat(200)}`, "ENAMETOOLONG"],
    ] as const)
      assert.throws(
        () => {
          calls().sendTo(socket, "READY=1");
        },
        { code },
      );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
