import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
const helpers = resolve(import.meta.dirname, "../../helpers");
const script = join(top, "copy-console");
// make install does the same for another prefix.
const text = readFileSync(join(helpers, "copy-console"), "utf8");
const copier = resolve(helpers, "../dist/lib/copy-lines");
writeFileSync(
  script,
  text
    .replaceAll("/usr/libexec/sandboxcontainer/copy-lines", copier)
    .replaceAll("/usr/libexec/sandboxcontainer", helpers),
  { mode: 0o755 },
);

after(() => {
  rmSync(top, { recursive: true });
});

/** Returns the copy of a console, when both processes of copy-console have ended. */
const copy = (console: string, env: NodeJS.ProcessEnv = {}): string =>
  execFileSync(script, ["wait"], { input: console, env: { ...process.env, ...env }, encoding: "utf8" });

test("each line is plain text with a priority that the sandbox did not choose", () => {
  assert.equal(copy("<0>loud\n\u001b[31mred\u001b[0m\n"), "<6><0>loud\n<6>red\n");
});

test("a line without end is cut", () => {
  const part = `<6>${"x".repeat(8000)}`;
  assert.equal(copy("x".repeat(20_000)), `${part}\n${part}\n${part.slice(0, 4003)}`);
});

test("a line is cut where it is too long, and nowhere else", () => {
  const cut = (input: string): string => execFileSync(copier, { input, encoding: "utf8" });
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
    assert.equal(cut(input), output);
});

test("who floods the console waits, and who does not is copied at once", async () => {
  const flood = spawn("sh", ["-c", `exec yes | "$0"`, copier], { stdio: ["ignore", "pipe", "ignore"], detached: true });
  let lines = 0;
  flood.stdout.on("data", (bytes: Buffer) => {
    lines += bytes.length / 2;
  });
  await sleep(2000);
  process.kill(-(flood.pid ?? 0));
  // At first 8000 lines, then 2000 a second, and a chunk of 2048 that is begun.
  assert.ok(lines >= 8000 && lines < 8000 + 6000 + 2 * 2048, `${lines} lines`);
  const began = performance.now();
  const much = "line\n".repeat(7000);
  assert.equal(execFileSync(copier, { input: much, encoding: "utf8" }), much);
  assert.ok(performance.now() - began < 1000);
});

test("what is left of a flood when its writer has ended is copied at once", () => {
  const began = performance.now();
  // More lines than at once, in a pipe with nobody at its other side.
  const { stdout } = spawnSync("sh", ["-c", `yes | head -c 60000 | { sleep 0.5; exec "$0"; }`, copier], {
    encoding: "utf8",
  });
  assert.equal(stdout.length, 60_000);
  assert.ok(performance.now() - began < 3000);
});

test("of a script's words a megabyte is copied, and then nobody reads on", () => {
  const { stdout, status } = spawnSync("bash", ["-c", `yes | "$0" bounded; echo "\${PIPESTATUS[*]}"`, script], {
    encoding: "utf8",
    maxBuffer: 1 << 23,
  });
  assert.equal(status, 0);
  const lines = stdout.trimEnd().split("\n");
  assert.equal(lines.pop(), "141 0");
  assert.equal(lines.length, (1 << 20) / "y\n".length);
});

test("what journald inside puts before a line is dropped, and what the machinery says", () => {
  const stamp = String.raw`(\[ *[0-9]+\.[0-9]{6}\] )?`;
  const said = "[    1.234567] service[7]: ready\n[    1.234567] systemd[1]: System is tainted: unmerged-bin\nplain\n";
  assert.equal(copy(said, { stamp }), "<6>service[7]: ready\n<6>plain\n");
});

test("how it ended is read after the console, and left as a file with who ends last", () => {
  const pipe = join(top, "pipe");
  execFileSync("mkfifo", [pipe]);
  const writer = openSync(pipe, constants.O_RDWR);
  const ended = openSync(pipe, constants.O_RDONLY);
  writeSync(writer, "\u0001ended exited 3\n");
  closeSync(writer);
  const console = join(top, "input");
  writeFileSync(console, "last words\n\u0001ended exited 9\nlast line\n");
  const input = openSync(console, "r");
  const log = openSync(join(top, "log"), "w");
  const stdio = [input, log, "ignore", "ignore", "ignore", "ignore", "ignore", ended] as const;
  assert.equal(spawnSync(script, ["ended"], { cwd: top, stdio: [...stdio] }).status, 0);
  for (const file of [input, log, ended]) closeSync(file);
  const last = readFileSync(join(top, "console"), "utf8").trim();
  execFileSync("sh", ["-c", `while [ -d /proc/${last} ]; do sleep 0.05; done`]);
  assert.equal(readFileSync(join(top, "ended"), "utf8"), "\u0001ended exited 3\n");
  assert.equal(readFileSync(join(top, "log"), "utf8"), "<6>last words\n<6> ended exited 9\n<6>last line\n");
});
