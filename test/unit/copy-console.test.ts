import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const program = resolve(import.meta.dirname, "../../dist/lib/copy-console");
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));

after(() => {
  rmSync(top, { recursive: true });
});

/** Returns the copy of a console. A character is one byte. */
const copy = (console: string, ...options: readonly string[]): string =>
  execFileSync(program, ["--bounded", ...options], { input: Buffer.from(console, "latin1"), encoding: "latin1" });

const withPriority = (lines: string): string => lines.replace(/.*\n|.+$/g, "<6>$&");

test("each line is plain text with a priority that the sandbox did not choose", () => {
  assert.equal(copy("<0>loud\n\u001b[31mred\u001b[0m\n"), "<6><0>loud\n<6>red\n");
});

test("a line without end is cut", () => {
  const part = `<6>${"x".repeat(8000)}`;
  assert.equal(copy("x".repeat(20_000)), `${part}\n${part}\n${part.slice(0, 4003)}`);
});

test("a line is cut where it is too long, and nowhere else", () => {
  const full = "x".repeat(8000);
  for (const [input, output] of [
    ["", ""],
    ["a", "a"],
    ["\n\n", "\n\n"],
    [full, full],
    [`${full}\n`, `${full}\n`],
    [`${full}y`, `${full}\ny`],
    [`${full}y\nz\n`, `${full}\ny\nz\n`],
    [`a\n${full}${full}\n${full}b`, `a\n${full}\n${full}\n${full}\nb`],
  ] as const)
    assert.equal(copy(input), withPriority(output));
});

test("of an escape sequence nothing is left, and what is none stays", () => {
  for (const [input, output] of [
    ["a\x1b[1;31mb\x1b[?25lc\x1b[0 qd", "abcd"],
    ["a\x1b[31", "a31"],
    ["a\x1b[3\x1b[mb", "a3b"],
    ["a\x1b]0;title\x07b", "ab"],
    ["a\x1bPdata\x1b\\b", "ab"],
    ["a\x1b^data\x1b[mb", "ab"],
    ["a\x1b_data\x1b", "a "],
    ["a\x1bXdata", "a"],
    ["a\x1bcb\x1b(Bc\x1b #8d", "abcd"],
    ["a\x1b\x1b[mb\x1b", "a b "],
    ["a\x1b (\x80", "a  (\x80"],
    ["a\x1b\x7fb", "a  b"],
  ] as const)
    assert.equal(copy(`${input}\n`), `<6>${output}\n`, JSON.stringify(input));
});

test("a control character of one byte becomes a blank, and of those of two bytes whole runs are removed", () => {
  for (const [input, output] of [
    ["a\0b\x01\x08c\td\re\x1f\x7ff", "a b  c\td e  f"],
    ["a\xc2\x80b\xc2\x9fc", "abc"],
    ["a\xc2\xc2\x80\x80b", "ab"],
    ["a\xc2\x1b[m\x80b", "ab"],
    ["\xc2\xc2\xa0 \xc2", "\xc2\xc2\xa0 \xc2"],
    ["\xc3\x80\xc2\xa0\x80", "\xc3\x80\xc2\xa0\x80"],
  ] as const)
    assert.equal(copy(`${input}\n`), `<6>${output}\n`, JSON.stringify(input));
});

test("a line that comes in parts is written when its end comes", async () => {
  const copier = spawn(program, ["--bounded"], { stdio: ["pipe", "pipe", "inherit"] });
  const said = async (): Promise<string> => String((await once(copier.stdout, "data"))[0]);
  copier.stdin.write("one\ntw");
  assert.equal(await said(), "<6>one\n");
  copier.stdin.write("o\n\x01end");
  assert.equal(await said(), "<6>two\n");
  copier.stdin.end("ed");
  assert.equal(await said(), "<6> ended");
});

test("who floods the console waits, and who does not is copied at once", async () => {
  const flood = spawn("sh", ["-c", `exec yes | "$0"`, program], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  let lines = 0;
  flood.stdout.on("data", (bytes: Buffer) => {
    lines += bytes.length / "<6>y\n".length;
  });
  await sleep(2000);
  process.kill(-(flood.pid ?? 0));
  // At first 8000 lines, then 2000 a second, and a chunk of 2048 that is begun.
  assert.ok(lines >= 8000 && lines < 8000 + 6000 + 2 * 2048, `${lines} lines`);
  const began = performance.now();
  const much = "line\n".repeat(7000);
  assert.equal(execFileSync(program, { input: much, encoding: "utf8" }), withPriority(much));
  assert.ok(performance.now() - began < 1000);
});

test("what is left of a flood when its writer has ended is copied at once", () => {
  const began = performance.now();
  // More lines than at once, in a pipe with nobody at its other side.
  const { stdout } = spawnSync("sh", ["-c", `yes | head -c 60000 | { sleep 0.5; exec "$0"; }`, program], {
    encoding: "utf8",
  });
  assert.equal(stdout.length, 30_000 * "<6>y\n".length);
  assert.ok(performance.now() - began < 3000);
});

test("of a script's words a megabyte is copied, and then nobody reads on", () => {
  const { stdout, status } = spawnSync("bash", ["-c", `yes | "$0" --bounded; echo "\${PIPESTATUS[*]}"`, program], {
    encoding: "utf8",
    maxBuffer: 1 << 23,
  });
  assert.equal(status, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines.pop(), "141 0");
  assert.equal(lines.length, (1 << 20) / "y\n".length);
});

test("what journald inside puts before a line is dropped", () => {
  const said = [
    ["[    1.234567] service[7]: ready", "service[7]: ready"],
    ["[12345.678901] [    1.234567] twice", "[    1.234567] twice"],
    ...[
      "[    1.23456] a",
      "[.123456] a",
      "[ 1.1234567] a",
      "[ 1.123456]a",
      "[ 1 1.123456] a",
      " [ 1.123456] a",
      "[",
    ].map((other) => [other, other] as const),
  ] as const;
  for (const [line, left] of said) {
    assert.equal(copy(`${line}\n`, "--journald"), `<6>${left}\n`);
    assert.equal(copy(`${line}\n`), `<6>${line}\n`);
  }
});

test("what the machinery says at each start is dropped, and everything else that it says stays", () => {
  const stamp = "[    1.234567] ";
  const tmpfiles = "systemd-tmpfiles[42]: /usr/lib/tmpfiles.d/";
  const twice = 'Duplicate line for path "/run/a b", ignoring.';
  const tainted = "systemd[1]: System is tainted: ";
  const link = "Failed to create symlink /sys/fs/cgroup/";
  for (const line of [
    `${tainted}unmerged-bin:cgroupsv1`,
    `${stamp}${tainted}unmerged-bin\r`,
    `${stamp}${tmpfiles}a.conf:3: ${twice}\r`,
    `${tmpfiles}\xe9: ${twice}`,
    `\x1b[1m${link}cpu,net_cls: File exists\x1b[0m \r`,
  ])
    assert.equal(copy(`${line}\nlast\n`, "--journald"), "<6>last\n", line);
  for (const line of [
    tainted,
    `${tainted}unmerged-bin now`,
    `${tainted}Local`,
    `x${tainted}unmerged-bin`,
    "systemd[12]: System is tainted: unmerged-bin",
    `${tmpfiles}: ${twice}`,
    `${tmpfiles}a.conf ${twice}`,
    `${tmpfiles}a b: ${twice}`,
    `${tmpfiles}a.conf: ${twice}.`,
    `systemd-tmpfiles[]: /usr/lib/tmpfiles.d/a.conf: ${twice}`,
    `${tmpfiles}a.conf: Duplicate line for path "", ignoring.`,
    `${tmpfiles}a.conf: Duplicate line for path "a`,
    `${link}cpu: No such file`,
    `${link}CPU: File exists`,
    `${link}: File exists`,
  ])
    assert.equal(copy(`${line}\n`, "--journald"), `<6>${line}\n`);
  assert.equal(copy(`${stamp}${link}cpu: File exists\n`, "--journald"), `<6>${link}cpu: File exists\n`);
  assert.equal(copy(`${tainted}unmerged-bin\n`), `<6>${tainted}unmerged-bin\n`);
});

/** Lets both inputs of a sandbox be copied, and returns the output and the file `ended`. */
function copyBoth(said: string, told: string): { readonly log: string; readonly ended: string } {
  const pipe = join(top, "pipe");
  execFileSync("mkfifo", [pipe]);
  const writer = openSync(pipe, constants.O_RDWR);
  const reader = openSync(pipe, constants.O_RDONLY);
  rmSync(pipe);
  writeSync(writer, told);
  closeSync(writer);
  writeFileSync(join(top, "input"), said);
  const input = openSync(join(top, "input"), "r");
  const log = openSync(join(top, "log"), "w");
  const stdio = [input, log, "inherit", "ignore", "ignore", "ignore", "ignore", reader] as const;
  assert.equal(spawnSync(program, ["--ended"], { cwd: top, stdio: [...stdio] }).status, 0);
  for (const file of [input, log, reader]) closeSync(file);
  const last = readFileSync(join(top, "console"), "utf8").trim();
  // Who adopts it may take a moment to reap it.
  execFileSync("sh", ["-c", `while grep -qs '^State:.[^Z]' /proc/${last}/status; do sleep 0.05; done`]);
  const read = (file: string): string => readFileSync(join(top, file), "utf8");
  assert.equal(statSync(join(top, "ended")).mode & 0o777, 0o600);
  return { log: read("log"), ended: read("ended") };
}

test("how it ended is read after the console, and left as a file with who ends last", () => {
  assert.deepEqual(copyBoth("last words\n\x01ended exited 9\nlast line\n", "\n\x01ended exited 3\n"), {
    log: "<6>last words\n<6> ended exited 9\n<6>last line\n<6>\n",
    ended: "\x01ended exited 3\n",
  });
});

test("only the last line says how it ended", () => {
  const told = "\n\x01ended exited 0\n\n\x01ended killed 9\n";
  const log = "<6>no end\n<6> ended exited 0\n<6>\n";
  assert.deepEqual(copyBoth("no end", told), { log, ended: "\x01ended killed 9\n" });
  assert.deepEqual(copyBoth("no end", `${told}x`), { log: `${log}<6> ended killed 9\n<6>x`, ended: "" });
  assert.deepEqual(copyBoth("", "\x01ended exited 3"), { log: "", ended: "\x01ended exited 3" });
  assert.deepEqual(copyBoth("", "ended exited 3\n"), { log: "<6>ended exited 3\n", ended: "" });
  assert.deepEqual(copyBoth("", ""), { log: "", ended: "" });
});

test("the caller waits only until the copier runs, and what it passes on stays open", async () => {
  const [console, other] = ["held-console", "held-other"].map((name) => {
    execFileSync("mkfifo", [join(top, name)]);
    return openSync(join(top, name), constants.O_RDWR);
  });
  assert.ok(console !== undefined && other !== undefined);
  const input = openSync(join(top, "held-console"), constants.O_RDONLY);
  const output = openSync(join(top, "held-other"), constants.O_WRONLY);
  const reader = openSync(join(top, "held-other"), constants.O_RDONLY | constants.O_NONBLOCK);
  assert.equal(spawnSync(program, { stdio: [input, "ignore", "ignore", output] }).status, 0);
  for (const file of [input, output, other]) closeSync(file);
  const read = (): number => readSync(reader, Buffer.alloc(1));
  assert.throws(read, /EAGAIN/);
  closeSync(console);
  await sleep(200);
  assert.equal(read(), 0);
  closeSync(reader);
});

test("the caller learns that nothing can be copied", () => {
  const cwd = mkdtempSync(join(top, "full-"));
  mkdirSync(join(cwd, "ended"));
  const { status, stderr } = spawnSync(program, ["--ended"], { cwd, encoding: "utf8" });
  assert.deepEqual({ status, stderr }, { status: 1, stderr: "copy-console: cannot write ended: Is a directory\n" });
  assert.equal(spawnSync(program, ["--other"]).status, 2);
});
