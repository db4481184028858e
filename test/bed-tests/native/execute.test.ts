import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { promisify } from "node:util";
import { collect, type Ran, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const call = promisify(execFile);

const bed = useBed("native");
const { makeSleeper } = useSandboxes(bed);
const execute = (...words: readonly string[]): Promise<Ran> => bed.try("sandboxcontainer", "execute", ...words);
const prints = async (text: string, ...words: readonly string[]): Promise<void> => {
  assert.deepEqual(await execute(...words), { status: 0, stdout: text, stderr: "" });
};
const fails = (ran: Ran, status: number, text: RegExp): void => {
  assert.equal(ran.status, status, ran.stderr);
  assert.match(ran.stderr, text);
  assert.equal(ran.stderr.trim().split("\n").length, 1, ran.stderr);
};

before(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "runs");
  await bed.run("sandboxcontainer", "create", "runs", "--start", "--", "/usr/bin/sleep", "infinity");
});

after(async () => {
  await bed.try("sandboxcontainer", "delete", "--force", "runs");
});

test("a program opens its standard input and outputs by name, as root and as somebody else", async () => {
  const script = "cat /dev/stdin > /dev/stdout; echo to stderr > /dev/stderr";
  for (const user of [[], ["--user", "www-data"], ["--user", "33:1234"]]) {
    const ran = await bed.feed("input\n", "sandboxcontainer", "execute", ...user, "runs", "--", "sh", "-c", script);
    assert.deepEqual(ran, { status: 0, stdout: "input\n", stderr: "to stderr\n" }, user.join(" "));
  }
});

test("a large input and output goes through whole", async () => {
  const script = "head -c 20000000 /dev/zero | sandboxcontainer execute runs -- cat | sha256sum";
  assert.equal(await bed.run("sh", "-c", script), await bed.run("sh", "-c", "head -c 20000000 /dev/zero | sha256sum"));
});

test("a command that does not read, and a reader that goes, end it", async () => {
  assert.equal(await bed.run("sh", "-c", "yes | timeout 120 sandboxcontainer execute runs -- true; echo $?"), "0");
  assert.equal(
    await bed.run("bash", "-c", "timeout 120 sandboxcontainer execute runs -- echo here < <(exec sleep 150 2>&-)"),
    "here",
  );
  assert.equal(await bed.run("sh", "-c", "timeout 120 sandboxcontainer execute runs -- yes | head -n 1"), "y");
});

test("--user is a user of the sandbox, with its groups, home and name", async () => {
  const who = ["sh", "-c", "id -u; id -g; id -G; echo $HOME $USER $LOGNAME"];
  await prints("33\n33\n33\n/var/www www-data www-data\n", "--user", "www-data", "runs", ...who);
  await prints("33\n8\n8 33\n/var/www www-data www-data\n", "-u", "www-data:mail", "runs", ...who);
  await prints("33\n33\n33\n/var/www www-data www-data\n", "-u33", "runs", ...who);
  await prints("4321\n0\n0\n/ root root\n", "-u", "4321", "runs", ...who);
  await prints("4321\n77\n77\n/ root root\n", "-u", "4321:77", "runs", ...who);
  const caps = (await execute("-u", "www-data", "runs", "grep", "CapEff", "/proc/self/status")).stdout;
  assert.match(caps, /CapEff:\t0+\n/);
});

test("--env and --workdir are as podman has them, and order and - mean nothing special", async () => {
  await prints("a=b c\n/var/tmp\n", "-e", "A=a=b c", "-w", "/var/tmp", "runs", "sh", "-c", "echo $A; pwd");
  await prints("/tmp\n", "--env", "HOME=/tmp", "-u", "www-data", "runs", "sh", "-c", "echo $HOME");
  await prints("/\n", "runs", "pwd");
  assert.equal(
    await bed.run(
      "sh",
      "-c",
      "FROM=here sandboxcontainer execute -e FROM -e NOTHERE runs env | grep -E 'FROM|NOTHERE'",
    ),
    "FROM=here",
  );
  await bed.run("sandboxcontainer", "execute", "runs", "mkdir", "/-");
  await prints("/-\n", "-w", "-", "runs", "pwd");
  fails(await execute("runs", "A=B"), 127, /A=B: not found/);
});

test("-it is a terminal, for a user as well", async () => {
  const ran = await execute("-it", "-u", "www-data", "runs", "sh", "-c", "tty; id -un");
  assert.match(ran.stdout, /\/dev\/pts\/\d+\r\nwww-data\r\n$/);
  const ended = await bed.feed("typed\n", "sandboxcontainer", "execute", "-t", "runs", "--", "cat");
  assert.deepEqual(ended, { status: 0, stdout: "typed\r\ntyped\r\n", stderr: "" });
  const session = 'script -qec "sandboxcontainer connect --user www-data runs" /dev/null';
  assert.match((await bed.feed("id -un\nexit 7\n", "sh", "-c", session)).stdout, /^www-data\r$/m);
});

test("what is not there is told in a line", async () => {
  fails(await execute("-u", "nobody-here", "runs", "id"), 1, /there is no user nobody-here inside/);
  fails(await execute("-u", "www-data:none", "runs", "id"), 1, /there is no group none inside/);
  fails(await execute("-w", "/no/folder", "runs", "id"), 1, /there is no folder \/no\/folder inside/);
  fails(await execute("-u", "", "runs", "id"), 2, /is not a valid user.*USER:GROUP/);
  fails(await execute("-u", "a b", "runs", "id"), 2, /is not a valid user/);
  fails(await execute("-e", "1A=x", "runs", "id"), 2, /is not a variable.*NAME=VALUE/);
  fails(await execute("runs", "--user", "www-data", "id"), 2, /`--user` comes after.*execute \[options\] runs/);
  fails(await execute("rnus", "id"), 1, /no sandbox rnus\. Did you mean `runs`\?/);
});

/** A library that each program loads at its start. It adds the program's name and effective rights to /var/tmp/seen. */
const witness = `#include <stdio.h>
#include <string.h>
__attribute__((constructor)) static void see(void) {
  char line[200], name[200] = "", rights[200] = "";
  FILE *in = fopen("/proc/self/status", "re"), *out = fopen("/var/tmp/seen", "ae");
  if (!in || !out) return;
  while (fgets(line, sizeof line, in)) {
    sscanf(line, "Name: %199s", name);
    sscanf(line, "CapEff: %199s", rights);
  }
  fprintf(out, "%s %s\\n", name, rights);
  fclose(in); fclose(out);
}`;

// A8
test("whoever enters loads nothing that root inside can write before rights are given up", async (t) => {
  await makeSleeper(t, "baited", "--start");
  t.after(() => bed.try("rm", "-f", "/root/witness.so"));
  const library = "/tmp/sandboxcontainer-witness.so";
  const compiled = await collect(spawn("cc", ["-shared", "-fPIC", "-x", "c", "-o", library, "-"]), witness);
  assert.equal(compiled.status, 0, compiled.stderr);
  await call(join(import.meta.dirname, "../../bed"), ["push", "native", library, "/root/witness.so"]);
  await rm(library);
  await bed.run("sandboxcontainer", "copy-to", "baited", "/root/witness.so", "/var/tmp/witness.so");
  const set = ["sh", "-c", "echo /var/tmp/witness.so > /etc/ld.so.preload"];
  assert.equal((await execute("baited", "--", ...set)).status, 0);
  await prints("here\n", "baited", "--", "echo", "here");
  const seen = (await bed.run("cat", "/var/lib/sandboxcontainer/baited/root/var/tmp/seen")).split("\n");
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "baited")) as { initPid: number };
  const bound = BigInt(`0x${await bed.run("sed", "-n", "s/^CapBnd:\\t//p", `/proc/${initPid}/status`)}`);
  assert.match(seen.join("\n"), /^echo /m, "the command itself loads it");
  for (const line of seen) assert.equal(BigInt(`0x${line.split(" ")[1] ?? "0"}`) & ~bound, 0n, line);
});

// A8
test("a sandbox without the right to chroot is entered all the same", async (t) => {
  await makeSleeper(t, "bare");
  await bed.run("sandboxcontainer", "set", "bare", "Capabilities=-CAP_SYS_CHROOT");
  await bed.run("sandboxcontainer", "start", "bare");
  const rights = (await execute("bare", "--", "sed", "-n", "s/^CapEff:\\t/0x/p", "/proc/self/status")).stdout;
  assert.equal((BigInt(rights) >> 18n) & 1n, 0n);
});

test("a signal to the command alone ends what it runs inside", async () => {
  const script = `sandboxcontainer execute runs -- /usr/bin/sleep 8765 &
    until pgrep --full '^/usr/bin/sleep 8765'; do sleep 0.1; done
    kill -TERM $!; wait $! || echo "status $?"
    pgrep --full '^/usr/bin/sleep 8765' || echo nothing left`;
  assert.match(await bed.run("timeout", "60", "bash", "-c", script), /status 143\nnothing left$/);
});
