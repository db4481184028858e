import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { lineFor, verbsOfSandboxes } from "../../line-for.ts";
import { type Ran, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { makeSleeper } = useSandboxes(bed);
// The tests share these, and change neither.
const names = ["asleep", "awake"];

// These verbs print what everybody may know, or what journalctl shows to the user.
const forEverybody = ["logs", "security", "verify"];

// `create` needs no existing sandbox, and `top` a terminal.
const verbs = verbsOfSandboxes.filter((verb) => !["create", "top"].includes(verb));

/** Tries a few verbs at a time, and returns what each printed. */
async function tryAll(some: readonly string[], run: (verb: string) => Promise<Ran>): Promise<ReadonlyMap<string, Ran>> {
  const answers = new Map<string, Ran>();
  const left = [...some];
  const work = async (): Promise<void> => {
    for (let verb = left.shift(); verb !== undefined; verb = left.shift()) answers.set(verb, await run(verb));
  };
  await Promise.all([work(), work(), work()]);
  return answers;
}

before(async () => {
  for (const name of names) await bed.run("sandboxcontainer", "create", name, "--", "/usr/bin/sleep", "infinity");
  await bed.run("systemctl", "start", "sandbox@awake");
});

after(async () => {
  for (const name of names) await command("delete", "--force", name);
});

test("every verb tells that there is no such sandbox, and the nearest that is", async () => {
  for (const [verb, { status, stdout, stderr }] of await tryAll(verbs, (each) =>
    command(...lineFor(each, "asleeep")),
  )) {
    assert.deepEqual([status, stdout], [1, ""], `${verb}: ${stderr}`);
    assert.equal(stderr, "there is no sandbox asleeep. Did you mean `asleep`?\n", verb);
  }
});

test("every verb wants root, but those that are for everybody", async () => {
  const asUser = (verb: string): Promise<Ran> =>
    bed.try("setpriv", "--reuid=65534", "--clear-groups", "sandboxcontainer", ...lineFor(verb, "asleep"));
  for (const [verb, { status, stdout, stderr }] of await tryAll(verbs, asUser)) {
    if (forEverybody.includes(verb)) continue;
    assert.deepEqual([status, stdout], [1, ""], `${verb}: ${stderr}`);
    assert.match(stderr, /^[^\n]*root[^\n]*sudo[^\n]*\n$/, verb);
  }
});

test("what wants a running sandbox says how to start it", async () => {
  const some = ["connect", "execute", "reload", "tree"];
  for (const [verb, { status, stderr }] of await tryAll(some, (each) => command(...lineFor(each, "asleep")))) {
    assert.equal(status, 1, verb);
    assert.match(stderr, /not (running|active)[^\n]*systemctl start sandbox@asleep[^\n]*\n$/, verb);
  }
});

test("what wants a stopped one leaves a running one alone, and says so", async () => {
  const some = ["clone", "delete", "export", "rename", "revert"];
  for (const [verb, { status, stderr }] of await tryAll(some, (each) => command(...lineFor(each, "awake")))) {
    assert.equal(status, 1, verb);
    assert.match(stderr, /awake is (running|active)[^\n]*\n$/, verb);
  }
  // It has nothing to do.
  assert.deepEqual(await command("upgrade", "awake"), {
    ...{ status: 0, stderr: "" },
    stdout: "awake is up to date with the host\n",
  });
  assert.equal(await bed.run("systemctl", "is-active", "sandbox@awake"), "active");
  assert.equal((await bed.try("test", "-e", "/etc/sandboxcontainer/fresh.conf")).status, 1);
});

test("to start what runs, to stop what does not, to enable and disable twice is fine", async (t) => {
  await makeSleeper(t, "idle");
  for (const line of ["start awake", "stop idle", "enable idle", "enable idle", "disable idle", "disable idle"])
    assert.deepEqual(await command(...line.split(" ")), { status: 0, stdout: "", stderr: "" }, line);
});

test("with a conf that is nonsense no verb loses its head", async (t) => {
  await makeSleeper(t, "broken");
  const text = "[Sandbox\n\u0001=\u0002\n[Network]\nPublish=99999:no\n[Sandbox]\nExec=relative\n[]\n=\n";
  await bed.feed(text, "sh", "-c", "cat >/etc/sandboxcontainer/broken.conf; systemctl daemon-reload");
  const some = verbs.filter((verb) => !["clone", "delete", "rename", "edit"].includes(verb));
  for (const [verb, ran] of await tryAll(some, (each) => command(...lineFor(each, "broken")))) {
    assert.ok(ran.status <= 2, `${verb}: ${ran.status}`);
    assert.doesNotMatch(ran.stdout + ran.stderr, /^ +at |\[object|undefined/m, verb);
  }
  const { stderr } = await command("start", "broken");
  assert.match(stderr, /broken\.conf:1: /);
  assert.match((await command("verify", "broken")).stdout, /broken\.conf:4: .*Publish/);
  assert.match((await command("show", "broken")).stdout, /error: .*broken\.conf:1/);
  assert.match((await command("list")).stdout, /^broken +bad conf /m);
  assert.equal((await command("delete", "--force", "broken")).status, 0);
});

test("without a terminal delete wants to be told that nobody need be asked", async (t) => {
  for (const name of ["unasked1", "unasked2"]) await makeSleeper(t, name);
  oneLine(
    await command("delete", "unasked1", "unasked2"),
    2,
    /whether sandboxes unasked1, unasked2 should go .*no terminal\. To delete .*: sandboxcontainer delete --force unasked1 unasked2$/m,
  );
  const { errors } = JSON.parse((await command("delete", "unasked1", "--json")).stdout) as {
    errors: readonly unknown[];
  };
  assert.equal(errors.length, 1);
  assert.equal((await bed.try("test", "-e", "/var/lib/sandboxcontainer/unasked1/root")).status, 0);
  assert.equal((await command("delete", "--force", "unasked1", "unasked2")).status, 0);
});

test("delete asks on a terminal, and keeps what nobody says yes to", async (t) => {
  await makeSleeper(t, "asked");
  const answer = (text: string): Promise<Ran> =>
    bed.feed(text, "script", "-qec", "sandboxcontainer delete asked", "/dev/null");
  const kept = await answer("n\n");
  assert.equal(kept.status, 1);
  assert.match(kept.stdout, /Delete sandbox asked with all its data\? \[y\/N\][^]*kept asked/);
  for (const key of ["\\003", "\\004"]) {
    const typed = `{ sleep 3; printf '${key}'; sleep 1; } | timeout 20 script -qec 'sandboxcontainer delete asked' /dev/null`;
    const { status, stdout } = await bed.try("sh", "-c", typed);
    assert.deepEqual([status, /\n[^]*/.exec(stdout)?.[0]], [1, "\nkept asked\r\n"], stdout);
  }
  assert.match((await answer("y\n")).stdout, /Deleted asked/);
  assert.equal((await bed.try("test", "-e", "/var/lib/sandboxcontainer/asked")).status, 1);
});
