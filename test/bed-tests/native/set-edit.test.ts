import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Ran, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const path = "/etc/sandboxcontainer/set1.conf";
const read = (): Promise<string> => bed.run("cat", path);
const edit = (editor: string, ...more: readonly string[]): Promise<Ran> =>
  bed.try("env", `EDITOR=${editor}`, "sandboxcontainer", "edit", "set1", ...more);
const start = "# mine\n[Sandbox]\nExec=/usr/bin/sleep infinity\n\n[Service]\n; why\nRestart=no\n";

before(async () => {
  await bed.feed(start, "sh", "-c", `cat > ${path}; systemctl daemon-reload`);
  await bed.run("systemctl", "start", "sandbox@set1");
});

after(async () => {
  await command("delete", "--force", "set1");
});

test("set changes a value where it stands, keeps the rest, and systemd knows", async () => {
  assert.equal(await bed.run("sandboxcontainer", "set", "set1", "Restart=on-failure"), "In effect: Restart=");
  assert.equal(`${await read()}\n`, start.replace("Restart=no", "Restart=on-failure"));
  assert.equal(await bed.run("systemctl", "show", "--value", "-p", "Restart", "sandbox@set1"), "on-failure");
});

test("set adds, takes away and forgets, and says when a restart is needed", async () => {
  const set = await bed.run("sandboxcontainer", "set", "set1", "Publish=8111:80", "Publish=8112:81", "Home=/srv");
  assert.equal(set, "Needs a restart: Home= Publish=. Run: systemctl restart sandbox@set1");
  await bed.run("sandboxcontainer", "set", "set1", "Publish+=8113:82", "Publish-=8111:80", "Home=");
  assert.match(await read(), /^\[Network\]\nPublish=8112:81\nPublish=8113:82$/m);
  assert.doesNotMatch(await read(), /Home/);
  const json = JSON.parse(await bed.run("sandboxcontainer", "set", "set1", "--json", "Publish=")) as object;
  assert.deepEqual(json, { name: "set1", live: [], restartNeeded: true, restart: ["Publish"] });
  assert.match(await bed.run("sandboxcontainer", "set", "set1", "Publish="), /No settings of set1 changed/);
});

test("a default of the host is taken back by an empty line", async () => {
  const defaults = "/etc/sandboxcontainer/defaults.conf.d/test.conf";
  await bed.feed("[Sandbox]\nPackage=nginx\n", "sh", "-c", `cat > ${defaults}`);
  await bed.run("sandboxcontainer", "set", "set1", "Package=");
  assert.match(await read(), /^Package=$/m);
  await bed.run("rm", defaults);
  await bed.run("sandboxcontainer", "set", "set1", "Package=");
  assert.doesNotMatch(await read(), /Package/);
});

test("what would make a wrong conf is refused with the nearest that is right, and changes nothing", async () => {
  const before = await read();
  oneLine(await command("set", "set1", "Restrt=no"), 2, /Restrt= is not a known setting.*Did you mean Restart=\?/);
  oneLine(await command("set", "set1", "Netwrk.Publish=1:1"), 2, /\[Netwrk\].*Did you mean Network\?/);
  oneLine(await command("set", "set1", "Publish=80"), 2, /set1\.conf:\d+: Publish=80: expected/);
  oneLine(await command("set", "set1", "Home=/a", "Home=/b"), 2, /Home= is given twice/);
  oneLine(await command("set", "set1", "Home+=/a"), 2, /takes only one value/);
  oneLine(await command("set", "set1", "Publish-=1:1"), 1, /no Publish=1:1 to remove/);
  oneLine(await command("set", "set1", "nonsense"), 2, /"nonsense" is not an assignment\. Write KEY=VALUE/);
  oneLine(await command("set", "set1", "Home=/a\nExec=/bin/sh"), 2, /is not an assignment/);
  oneLine(
    await command("set", "set1", "StartLimitBurst=3"),
    2,
    /is a key of \[Unit\] and \[Service\].*Unit\.StartLimitBurst=/,
  );
  oneLine(await command("set", "set1", "Image=1G"), 2, /clone set1 NEW --imagesize 1G/);
  oneLine(await command("set", "st1", "Home=/a"), 1, /Did you mean `set1`\?/);
  oneLine(await command("set", "set1", "Exec="), 2, /nothing to run/);
  assert.equal(await read(), before);
});

test("edit puts a right text into place and reloads; an unchanged one is left", async () => {
  assert.equal((await edit("true")).stdout, "The conf of set1 stays as it was\n");
  assert.equal((await edit("sed -i s/on-failure/always/")).stdout, "In effect: Restart=\n");
  assert.equal(await bed.run("systemctl", "show", "--value", "-p", "Restart", "sandbox@set1"), "always");
  assert.equal(await bed.run("sh", "-c", "ls -d /tmp/sandboxcontainer-* 2>/dev/null | wc -l"), "0");
});

test("a wrong text can be edited again, kept or discarded; an editor that fails changes nothing", async () => {
  const before = await read();
  const kept = await edit("sed -i s/Exec/Exex/");
  assert.equal(kept.status, 2);
  assert.match(
    kept.stderr,
    /set1\.conf:3: Exex= is not a key.*Did you mean Exec=\?[^]*stays as it was\. Your text is in \/tmp\//,
  );
  const text = /Your text is in (\S+)/.exec(kept.stderr)?.[1] ?? "";
  assert.match(await bed.run("cat", text), /^Exex=/m);
  oneLine(await edit("false"), 1, /the editor `false` ended with status 1.*Your text is in/);
  assert.match((await edit("no-such-editor")).stderr, /the editor `no-such-editor` ended with status 127/);
  await bed.run("sh", "-c", "rm -r /tmp/sandboxcontainer-*");
  // On a terminal, edit asks what to do.
  const session = (editor: string): string => `EDITOR='${editor}' script -qec 'sandboxcontainer edit set1' /dev/null`;
  const again = "f=\\$1; grep -q Exex \\$f && sed -i s/Exex/Exec/ \\$f || sed -i s/Exec/Exex/ \\$f;:";
  await bed.feed(`#!/bin/sh\n${again.replaceAll("\\$", "$")}\n`, "sh", "-c", "cat > /tmp/toggle; chmod +x /tmp/toggle");
  const asked = await bed.feed("e\n", "sh", "-c", session("/tmp/toggle"));
  assert.match(asked.stdout, /\[e\]dit again, \[k\]eep.*\[d\]iscard/);
  assert.match(asked.stdout, /stays as it was/);
  assert.match((await bed.feed("d\n", "sh", "-c", session("/tmp/toggle"))).stdout, /stays as it was/);
  assert.equal(await read(), before);
});
