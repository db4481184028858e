import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { ConfError, ConfErrors, describeError, findHint, SandboxError } from "../../../base/errors.ts";

test("what a person did wrong is one line: place, message, hint", () => {
  const error = new ConfError({ path: "/etc/x.conf", line: 3, key: "Copy" }, "expected yes or no", "Write yes");
  assert.equal(describeError(error), "/etc/x.conf:3: expected yes or no. Write yes");
  assert.equal(describeError(new ConfError({ path: "/etc/x.conf" }, "is a folder")), "/etc/x.conf: is a folder");
});

test("a question is not followed by a full stop", () => {
  const hint = "More: journalctl";
  assert.equal(
    describeError(new SandboxError("not made: is it there?", { hint })),
    "not made: is it there? More: journalctl",
  );
});

test("what we did wrong has a stack", () => {
  assert.match(describeError(new TypeError("broken")), /TypeError: broken\n +at /);
});

test("what a program says that the kernel refuses has the same hint", () => {
  assert.match(findHint("cp: error writing '/x': No space left on device") ?? "", /^Free some space/);
  assert.match(findHint("rm: cannot remove '/x': Read-only file system") ?? "", /^The file system is read-only/);
  const denied = (there: string): string | undefined =>
    findHint("rm: cannot remove '/x': Permission denied", (path) => path.includes(there));
  assert.match(denied("selinux") ?? "", /^If SELinux denied it, .*ausearch/);
  assert.match(denied("apparmor") ?? "", /^If AppArmor denied it, .*journalctl/);
  // Where there is neither, nobody is sent to look for it.
  assert.equal(denied("nothing"), undefined);
  assert.match(findHint("EAGAIN") ?? "", /^Allow more processes/);
  const ways = {
    ...{ "Disk quota exceeded": "df -i", "Input/output error": "journalctl -k", "Too many open files": "ulimit -n" },
    ...{ "Cannot allocate memory": "MemoryMax=", "Resource temporarily unavailable": "TasksMax=" },
  };
  for (const [words, way] of Object.entries(ways)) assert.ok(findHint(`cp: ${words}`)?.includes(way), words);
  assert.equal(findHint("cp: cannot stat '/x': No such file or directory"), undefined);
});

test("what the kernel refuses is one line with the path", () => {
  const attempt = (act: () => unknown): string => {
    try {
      return String(act());
    } catch (error) {
      return describeError(error);
    }
  };
  assert.equal(
    attempt(() => readFileSync("/nowhere/x")),
    "cannot open /nowhere/x: no such file or directory",
  );
  // Nobody may read this file, not even root.
  assert.match(
    attempt(() => readFileSync("/proc/sys/vm/compact_memory")),
    /^cannot open \/proc\/sys\/vm\/compact_memory: permission denied(\. If (SELinux|AppArmor) denied it, .*)?$/,
  );
});

test("what to do about a limit is said only where the limit was met", () => {
  const failed = (syscall: string): Error =>
    Object.assign(new Error(`EAGAIN, ${syscall}`), { syscall, code: "EAGAIN" });
  assert.match(describeError(failed("spawn sh")), /^EAGAIN, spawn sh\. Allow more processes/);
  assert.equal(describeError(failed("read")), "EAGAIN, read");
});

test("of what the kernel refuses for want of something it is said how to get or to see it", () => {
  const ways = {
    ...{ ENOSPC: "df -i", EDQUOT: "df -i", EIO: "journalctl -k" },
    ...{ EROFS: "journalctl -k", EMFILE: "ulimit -n", ENFILE: "fs.file-max", ENOMEM: "MemoryMax=" },
  };
  for (const [code, way] of Object.entries(ways)) {
    const said = describeError(
      Object.assign(new Error(`${code}: no, open '/x'`), { syscall: "open", code, path: "/x" }),
    );
    assert.ok(said.startsWith("cannot open /x: no. ") && said.includes(way), said);
  }
});

test("several errors of a conf are one line each, and mean wrong usage", () => {
  const errors = [1, 2].map((line) => new ConfError({ path: "x", line }, "wrong", "Right it"));
  assert.equal(new ConfErrors(errors).message, "x:1: wrong. Right it\nx:2: wrong. Right it");
  assert.deepEqual([new ConfErrors(errors).status, new SandboxError("failed").status], [2, 1]);
});

test("what a message quotes does nothing to a terminal: an archive with an escape sequence as its name could", () => {
  const error = new SandboxError("`\x1b]0;x\x07\u202e` is not a name", { hint: "See \x9b31m" });
  assert.equal(describeError(error), "`\\u{1b}]0;x\\u{7}\\u{202e}` is not a name. See \\u{9b}31m");
});

test("an error of the kernel has no names of its calls and codes", () => {
  const failure = (message: string, more: object): string => describeError(Object.assign(new Error(message), more));
  assert.equal(
    failure("ENOSPC: no space left on device, copyfile '/a/bases.json.gz' -> '/b/bases.json.gz'", {
      ...{ code: "ENOSPC", syscall: "copyfile", path: "/a/bases.json.gz", dest: "/b/bases.json.gz" },
    }),
    "cannot write /b/bases.json.gz: no space left on device. Free some space; df and df -i show how much there is",
  );
  assert.match(
    failure("ENOSPC: no space left on device, write", { code: "ENOSPC", syscall: "write" }),
    /^cannot write: no/,
  );
  assert.equal(failure("EXDEV: odd, futime", { code: "EXDEV", syscall: "futime" }), "EXDEV: odd, futime");
});

test("what ends in a line feed is still one line with its hint", () => {
  assert.equal(
    describeError(new SandboxError("libvirt refused\n", { hint: "See the log" })),
    "libvirt refused. See the log",
  );
});
