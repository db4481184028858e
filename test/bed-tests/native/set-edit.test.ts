import assert from "node:assert/strict";
import { test, type TestContext } from "node:test";
import { type Ran, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const read = (name: string): Promise<string> => bed.run("cat", `/etc/sandboxcontainer/${name}.conf`);
const set = (...words: readonly string[]): Promise<string> => bed.run("sandboxcontainer", "set", ...words);
const edit = (editor: string, name: string): Promise<Ran> =>
  bed.try("env", `EDITOR=${editor}`, "sandboxcontainer", "edit", name);
const restartOf = (name: string): Promise<string> =>
  bed.run("systemctl", "show", "--value", "-p", "Restart", `sandbox@${name}`);
const start = "# mine\n[Sandbox]\nExec=/usr/bin/sleep infinity\n\n[Service]\n; why\nRestart=no\n";

/** Writes a conf that goes with the test. */
async function write(context: TestContext, name: string): Promise<void> {
  deleteAfter(context, bed, name);
  await bed.feed(start, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf; systemctl daemon-reload`);
}

/** Writes such a conf, and starts the sandbox. */
async function run(context: TestContext, name: string): Promise<void> {
  await write(context, name);
  await bed.run("systemctl", "start", `sandbox@${name}`);
}

test("set changes a value where it stands, keeps the rest, and systemd knows", async (context) => {
  await run(context, "set1");
  assert.equal(await set("set1", "Restart=on-failure"), "In effect: Restart=");
  assert.equal(`${await read("set1")}\n`, start.replace("Restart=no", "Restart=on-failure"));
  assert.equal(await restartOf("set1"), "on-failure");
  await bed.run("systemctl", "stop", "sandbox@set1");
  assert.equal(await set("set1", "MemoryMax=1G"), "In effect at its next start: MemoryMax=");
});

test("set adds, takes away and forgets, and says when a restart is needed", async (context) => {
  await run(context, "set2");
  const said = await set("set2", "Publish=8111:80", "Publish=8112:81", "Home=/srv");
  assert.equal(said, "Needs a restart: Home= Publish=. Run: systemctl restart sandbox@set2");
  await set("set2", "Publish+=8113:82", "Publish-=8111:80", "Home=");
  assert.match(await read("set2"), /^\[Network\]\nPublish=8112:81\nPublish=8113:82$/m);
  assert.doesNotMatch(await read("set2"), /Home/);
  const json = JSON.parse(await set("set2", "--json", "Publish=")) as object;
  assert.deepEqual(json, { name: "set2", live: [], restartNeeded: true, restart: ["Publish"] });
  assert.match(await set("set2", "Publish="), /No settings of set2 changed/);
});

test("a line that systemd would ignore is refused, and changes nothing", async (context) => {
  await write(context, "set9");
  const before = await read("set9");
  const message =
    /^\/etc\/sandboxcontainer\/set9\.conf:\d+: systemd would ignore this line: .*. See systemd\.[a-z-]+\(5\).*\n$/;
  for (const word of ["MemoryMax=lots", "CPUQuota=much", "RestartSec=5 parsecs"]) {
    const { status, stderr } = await command("set", "set9", word);
    assert.equal(status, 2, stderr);
    assert.match(stderr, message);
  }
  assert.equal(await read("set9"), before);
  await bed.feed(`${start}RestartSec=5 parsecs\n`, "sh", "-c", "cat > /tmp/set9.conf");
  const verified = await command("verify", "/tmp/set9.conf");
  assert.deepEqual([verified.status, verified.stdout.includes(":8: systemd would ignore this line")], [2, true]);
  oneLine(await command("create", "set9b", "--set", "TasksMax=-3", "--", "/usr/bin/sleep", "1"), 2, /TasksMax|tasks/);
  assert.equal((await command("show", "set9b")).status === 0, false);
});

test("a default of the host is taken back by an empty line", async (context) => {
  await write(context, "set3");
  const defaults = "/etc/sandboxcontainer/defaults.conf.d/test.conf";
  context.after(() => bed.run("rm", "-f", defaults));
  await bed.feed("[Sandbox]\nPackage=nginx\n", "sh", "-c", `cat > ${defaults}`);
  await set("set3", "Package=");
  assert.match(await read("set3"), /^Package=$/m);
  await bed.run("rm", defaults);
  await set("set3", "Package=");
  assert.doesNotMatch(await read("set3"), /Package/);
});

test("what would make a wrong conf is refused with the nearest that is right, and changes nothing", async (context) => {
  await write(context, "set4");
  const before = await read("set4");
  oneLine(await command("set", "set4", "Restrt=no"), 2, /Restrt= is not a known setting.*Did you mean Restart=\?/);
  oneLine(await command("set", "set4", "Netwrk.Publish=1:1"), 2, /\[Netwrk\].*Did you mean Network\?/);
  oneLine(await command("set", "set4", "Publish=80"), 2, /set4\.conf:\d+: Publish=80: expected/);
  oneLine(await command("set", "set4", "Home=/a", "Home=/b"), 2, /Home= is given twice/);
  oneLine(await command("set", "set4", "Home+=/a"), 2, /takes only one value/);
  oneLine(await command("set", "set4", "Publish-=1:1"), 1, /no Publish=1:1 to remove/);
  oneLine(await command("set", "set4", "nonsense"), 2, /"nonsense" is not an assignment\. Write KEY=VALUE/);
  oneLine(await command("set", "set4", "Home=/a\nExec=/bin/sh"), 2, /is not an assignment/);
  oneLine(
    await command("set", "set4", "StartLimitBurst=3"),
    2,
    /is a key of \[Unit\] and \[Service\].*Unit\.StartLimitBurst=/,
  );
  oneLine(await command("set", "set4", "Image=1G"), 2, /clone set4 NEW --imagesize 1G/);
  oneLine(await command("set", "et4", "Home=/a"), 1, /Did you mean `set4`\?/);
  oneLine(await command("set", "set4", "Exec="), 2, /nothing to run/);
  assert.equal(await read("set4"), before);
});

test("edit puts a right text into place and reloads; an unchanged one is left", async (context) => {
  await run(context, "edit1");
  assert.equal((await edit("true", "edit1")).stdout, "The conf of edit1 stays as it was\n");
  assert.equal((await edit("sed -i s/=no/=always/", "edit1")).stdout, "In effect: Restart=\n");
  assert.equal(await restartOf("edit1"), "always");
  assert.equal(await bed.run("sh", "-c", "ls -d /tmp/sandboxcontainer-* 2>/dev/null | wc -l"), "0");
});

test("a wrong text can be edited again, kept or discarded; an editor that fails changes nothing", async (context) => {
  context.after(() => bed.run("sh", "-c", "rm -rf /tmp/toggle /tmp/sandboxcontainer-*"));
  await write(context, "edit2");
  const before = await read("edit2");
  const kept = await edit("sed -i s/Exec/Exex/", "edit2");
  assert.equal(kept.status, 2);
  assert.match(
    kept.stderr,
    /edit2\.conf:3: Exex= is not a key.*Did you mean Exec=\?[^]*stays as it was\. Your text is in \/tmp\//,
  );
  const text = /Your text is in (\S+)/.exec(kept.stderr)?.[1] ?? "";
  assert.match(await bed.run("cat", text), /^Exex=/m);
  oneLine(await edit("false", "edit2"), 1, /the editor `false` ended with status 1.*Your text is in/);
  assert.match((await edit("no-such-editor", "edit2")).stderr, /the editor `no-such-editor` ended with status 127/);
  await bed.run("sh", "-c", "rm -r /tmp/sandboxcontainer-*");
  // On a terminal, edit asks what to do.
  const session = (editor: string): string => `EDITOR='${editor}' script -qec 'sandboxcontainer edit edit2' /dev/null`;
  const again = "f=\\$1; grep -q Exex \\$f && sed -i s/Exex/Exec/ \\$f || sed -i s/Exec/Exex/ \\$f;:";
  await bed.feed(`#!/bin/sh\n${again.replaceAll("\\$", "$")}\n`, "sh", "-c", "cat > /tmp/toggle; chmod +x /tmp/toggle");
  const asked = await bed.feed("e\n", "sh", "-c", session("/tmp/toggle"));
  assert.match(asked.stdout, /\[e\]dit again, \[k\]eep.*\[d\]iscard/);
  assert.match(asked.stdout, /stays as it was/);
  assert.match((await bed.feed("d\n", "sh", "-c", session("/tmp/toggle"))).stdout, /stays as it was/);
  assert.equal(await read("edit2"), before);
});

test("edit takes a text from a file or its input, and refuses a wrong one with its places", async (context) => {
  await run(context, "edit3");
  const replace = (text: string, ...words: readonly string[]): Promise<Ran> =>
    bed.feed(text, "sandboxcontainer", "edit", "edit3", "--replace", "-", ...words);
  assert.equal((await replace(start)).stdout, "The conf of edit3 stays as it was\n");
  const fresh = start.replace("Restart=no", "Restart=always");
  assert.equal((await replace(fresh)).stdout, "In effect: Restart=\n");
  assert.equal(await restartOf("edit3"), "always");
  const wrong = await replace(start.replace("Exec", "Exex"), "--json");
  assert.equal(wrong.status, 2);
  assert.match(wrong.stdout, /"hint": "Did you mean Exec=\?",\s+"path": ".*edit3\.conf",\s+"line": 3,\s+"key": "Exex"/);
  await bed.feed(start, "sh", "-c", "cat >/root/edit3.conf");
  context.after(() => bed.run("rm", "/root/edit3.conf"));
  assert.equal((await command("edit", "edit3", "--replace", "/root/edit3.conf")).status, 0);
  assert.equal(`${await read("edit3")}\n`, start);
  assert.equal((await command("edit", "edit3", "--replace", "/root/none")).status, 1);
});

test("who has seen an older conf changes nothing with --was", async (context) => {
  await write(context, "seen");
  const digest = async (): Promise<string> =>
    (JSON.parse(await bed.run("sandboxcontainer", "show", "seen", "--json")) as { confDigest: string }).confDigest;
  const first = await digest();
  assert.equal(first, (await bed.run("sha256sum", "/etc/sandboxcontainer/seen.conf")).split(" ")[0]);
  await set("seen", "--was", first, "Home=/srv");
  const before = await read("seen");
  const changed = /^the conf of seen has changed meanwhile\. Nothing was changed/;
  oneLine(await command("set", "seen", "--was", first, "Home=/a"), 1, changed);
  oneLine(await bed.feed(start, "sandboxcontainer", "edit", "seen", "--replace", "-", "--was", first), 1, changed);
  assert.equal(await read("seen"), before);
  const again = await bed.feed(start, "sandboxcontainer", "edit", "seen", "--replace", "-", "--was", await digest());
  assert.equal(again.status, 0, again.stderr);
  assert.equal(`${await read("seen")}\n`, start);
});
