import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Ran, useBed } from "../bed.ts";

const bed = useBed("native");
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
  fails(await execute("-u", "", "runs", "id"), 2, /is no user.*USER:GROUP/);
  fails(await execute("-u", "a b", "runs", "id"), 2, /is no user/);
  fails(await execute("-e", "1A=x", "runs", "id"), 2, /is no variable.*NAME=VALUE/);
  fails(await execute("runs", "--user", "www-data", "id"), 2, /`--user` stands behind.*execute \[options\] runs/);
  fails(await execute("rnus", "id"), 1, /no sandbox rnus\. Did you mean `runs`\?/);
});
