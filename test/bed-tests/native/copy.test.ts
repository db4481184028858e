import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type Ran, useBed } from "../bed.ts";
import { useCommand } from "../command.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const inside = (script: string): Promise<Ran> => command("execute", "copies", "--", "sh", "-c", script);
const host = (script: string): Promise<string> => bed.run("sh", "-c", `cd /root/copies && ${script}`);
// Plays root inside after a bug in the walls of the sandbox: replaces tar with another program.
const mounted = async (script: string): Promise<void> => {
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "copies")) as { initPid: number };
  await bed.run(
    "nsenter",
    "--target",
    String(initPid),
    "--all",
    "--setuid",
    "0",
    "--setgid",
    "0",
    "--",
    "sh",
    "-c",
    script,
  );
};
const fails = (ran: Ran, status: number, text: RegExp): void => {
  assert.equal(ran.status, status, ran.stderr);
  assert.match(ran.stderr, text);
  assert.equal(ran.stderr.trim().split("\n").length, 1, ran.stderr);
};

before(async () => {
  await bed.run("sandboxcontainer", "create", "copies", "--start", "--", "/usr/bin/sleep", "infinity");
  await bed.run("sh", "-c", "rm -rf /root/copies; mkdir -p /root/copies/tree/sub");
  await host(
    "echo one > tree/sub/one; chmod 0640 tree/sub/one; touch -d 2001-02-03 tree/sub/one; ln -s sub/one tree/link",
  );
});

after(async () => {
  await command("delete", "--force", "copies");
  await bed.run("rm", "-rf", "/root/copies");
});

test("a tree goes in and comes out with contents, modes, times and links, and belongs to root there and here", async () => {
  await host("chown -R 1000:1000 tree && sandboxcontainer copy-to copies tree /srv");
  assert.equal(
    (await inside("stat -c %U:%a:%Y /srv/tree/sub/one; readlink /srv/tree/link")).stdout,
    "root:640:981158400\nsub/one\n",
  );
  await inside("chown -R www-data /srv/tree");
  await host("sandboxcontainer copy-from copies /srv/tree back && diff -r --no-dereference tree back");
  assert.equal(await host("stat -c %U:%a:%Y back/sub/one"), "root:640:981158400");
});

test("a destination is what cp makes of it, on both sides", async () => {
  await host("sandboxcontainer copy-to copies tree/sub/one /srv/renamed");
  await host("sandboxcontainer copy-to copies tree/sub/one tree/sub /srv");
  await host("sandboxcontainer copy-to copies tree/. /srv/content");
  assert.equal((await inside("cat /srv/renamed /srv/one /srv/sub/one /srv/content/sub/one")).stdout, "one\n".repeat(4));
  await host(
    "mkdir some; sandboxcontainer copy-from copies /srv/one /srv/sub some; sandboxcontainer copy-from copies srv/one some/two",
  );
  assert.equal(await host("cat some/one some/sub/one some/two"), "one\none\none");
});

test("`-` is an archive, from one sandbox's tree into another place", async () => {
  await host("sandboxcontainer copy-from copies /srv/tree - | sandboxcontainer copy-to copies - /var/tmp");
  assert.equal((await inside("cat /var/tmp/tree/sub/one")).stdout, "one\n");
});

test("a link inside means a place inside: nothing of the host comes out", async () => {
  await bed.run("sh", "-c", "umask 077; echo of the host > /root/secret");
  await inside("ln -s /root/secret /srv/abs; ln -s ../../../../../../root/secret /srv/rel; ln -s / /srv/dir");
  for (const path of ["/srv/abs", "/srv/rel", "/srv/dir/root/secret"]) {
    assert.doesNotMatch((await command("copy-from", "copies", path, "-")).stdout, /of the host/);
  }
});

test("who is root inside and sends an archive of lies does no harm", async () => {
  await host("mkdir lies; mkdir /root/copies/outside; echo untouched > outside/file");
  const lie = (script: string): string => `cat > /srv/tar <<'END'\n#!/bin/sh\n${script}\nEND\nchmod 755 /srv/tar`;
  const make = "cd /srv && rm -rf made && mkdir made && cd made";
  const lies = [
    `${make} && ln -s /root/copies/outside tree && tar cf ../1 tree && rm tree && mkdir tree && echo x > tree/file && tar rf ../1 tree/file`,
    `${make} && mkdir -p tree ../up && echo x > ../up/file && tar cPf ../1 tree ../up/file`,
    `${make} && echo x > abs && tar cPf ../1 --transform 's,.*,/root/copies/outside/file,' abs`,
    `${make} && echo noise > ../1`,
    `${make} && : > ../1`,
  ];
  for (const script of lies) {
    assert.equal((await inside(script)).status, 0, script);
    assert.equal((await inside(lie("cat /srv/1"))).status, 0);
    await mounted("mount --bind /srv/tar /usr/bin/tar");
    fails(
      await command("copy-from", "copies", "/srv/tree", "/root/copies/lies"),
      1,
      /damaged archive|cannot write .*link/,
    );
    await mounted("umount /usr/bin/tar");
    assert.equal(await host("cat outside/file; ls outside"), "untouched\nfile");
  }
});

test("what cannot be copied is told in a line", async () => {
  fails(
    await command("copy-from", "copies", "/srv/none", "/root/copies"),
    1,
    /cannot copy \/srv\/none: .*No such file/,
  );
  fails(
    await command("copy-to", "copies", "/root/none", "/srv"),
    1,
    /\/root\/none: no such file or folder on the host/,
  );
  fails(await command("copy-to", "copies", "/root/copies/tree", "/no/such"), 1, /there is no folder \/no inside/);
  fails(
    await command("copy-to", "copies", "/root/copies/tree", "/usr/share"),
    1,
    /cannot copy to .*Read-only file system/,
  );
  fails(await command("copy-from", "copies", "/srv/one", "/dev/null"), 2, /neither a file nor a folder.*`-`/);
  fails(await command("copy-from", "copies", "/", "/root/copies"), 2, /whole sandbox cannot be copied/);
  fails(await command("copy-from", "copeis", "/srv/one", "/root"), 1, /no sandbox copeis\. Did you mean `copies`\?/);
  fails(await command("copy-from", "copies", "/srv/one"), 2, /missing required argument/);
  const tree = "/var/lib/sandboxcontainer/copies/root/srv";
  fails(await command("copy-to", "copies", tree, "/srv"), 2, /belongs to a sandbox.*copy-from/);
  fails(await command("copy-from", "copies", "/srv/one", tree), 2, /belongs to a sandbox.*copy-to/);
  const asUser = ["setpriv", "--reuid", "65534", "--clear-groups", "sandboxcontainer"];
  fails(await bed.try(...asUser, "copy-from", "copies", "/srv/one", "/tmp"), 1, /root.*sudo/);
});

test("what is no file is left out with a word", async () => {
  await inside("mkfifo /srv/fifo");
  const ran = await command("copy-from", "copies", "/srv/fifo", "/root/copies");
  assert.equal(ran.status, 0);
  assert.match(ran.stderr, /skipped.*fifo "fifo"/);
});
