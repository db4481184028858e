import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, test } from "node:test";

// The processes are real; of systemd only the answers of `systemctl show` are not.
const top = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
const script = join(top, "ready");
const outcome = join(top, "outcome");
const states = join(top, "states");
const calls = join(top, "calls");
const text = readFileSync(resolve(import.meta.dirname, "../../../helpers/inside/ready"), "utf8");
writeFileSync(script, text.replaceAll("/run/host/outcome", outcome), { mode: 0o755 });
mkdirSync(join(top, "bin"));
const systemctl = `#!/bin/sh\necho >>${calls}\nsed -n "$(wc -l <${calls})p" ${states} | tr ' ' '\\n'\n`;
writeFileSync(join(top, "bin/systemctl"), systemctl, { mode: 0o755 });
const children: ChildProcess[] = [];

after(() => {
  for (const child of children) child.kill();
  rmSync(top, { recursive: true });
});

const run = async (program: string, argv0 = program): Promise<string> => {
  const child = spawn(program, ["60"], { argv0, stdio: "ignore" });
  children.push(child);
  await new Promise((resolve) => child.once("spawn", resolve));
  return String(child.pid);
};

/** Answers with one state for each call of systemctl; returns how many were asked for until the unit was ready. */
const countLooks = (...answers: string[]): number => {
  for (const file of [outcome, calls]) writeFileSync(file, "");
  writeFileSync(states, `${answers.join("\n")}\n`);
  const { status, stderr } = spawnSync(script, ["web.service"], {
    env: { PATH: `${join(top, "bin")}:${process.env["PATH"] ?? ""}` },
    encoding: "utf8",
    timeout: 20_000,
  });
  assert.equal(status, 0, stderr);
  assert.match(readFileSync(outcome, "utf8"), /^ready\n/);
  return readFileSync(calls, "utf8").length;
};

const simple = (pid: string): string =>
  `ActiveState=active ConditionResult=yes MainPID=${pid} Result=success Type=simple`;

test("a simple service is ready when its program runs, not when its process is still systemd's", async () => {
  symlinkSync("/usr/bin/sleep", join(top, "(sleep)"));
  const executor = await run("/usr/bin/sleep", "/usr/lib/systemd/systemd-executor--deserialize");
  const named = await run(join(top, "(sleep)"));
  const program = await run("/usr/bin/sleep");
  assert.equal(countLooks(simple(executor), simple(named), simple(executor), simple(program), "never"), 4);
});

test("a program with an empty command line is ready, and so is a service without a main process", async () => {
  const cat = spawn("bash", ["-c", 'exec -a "" cat'], { stdio: ["pipe", "pipe", "ignore"] });
  children.push(cat);
  // When it answers, it is cat and no longer bash.
  cat.stdin.write("x");
  await once(cat.stdout, "data");
  assert.equal(readFileSync(`/proc/${cat.pid ?? 0}/cmdline`, "utf8"), "\0");
  assert.equal(countLooks(simple(String(cat.pid))), 1);
  assert.equal(countLooks(simple("0")), 1);
});
