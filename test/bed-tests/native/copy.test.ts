import assert from "node:assert/strict";
import { after, before, test, type TestContext } from "node:test";
import { type Ran, useBed } from "../bed.ts";
import { oneLine as fails, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const { makeSleeper } = useSandboxes(bed);
// Plays root inside after a bug in the walls of the sandbox: replaces tar with another program.
const mounted = async (name: string, script: string): Promise<void> => {
  const { initPid } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { initPid: number };
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

interface Place {
  /** Runs a script in the test's folder on the host, which has a folder `tree`. */
  readonly host: (script: string) => Promise<string>;
  /** Runs a script in the test's folder inside, which is empty. */
  readonly inside: (script: string) => Promise<Ran>;
}

/** Makes a folder for one test on both sides: `/root/copy-NAME` on the host, and `/srv/NAME` in a running sandbox. */
async function makePlace(t: TestContext, name: string, sandbox = "copies"): Promise<Place> {
  const folder = `/root/copy-${name}`;
  t.after(() => bed.try("rm", "-rf", folder));
  const tree = `mkdir -p ${folder}/tree/sub; cd ${folder}/tree; echo one > sub/one; ln -s sub/one link
chmod 0640 sub/one; touch -d 2001-02-03 sub/one`;
  await bed.run("sh", "-c", tree);
  assert.equal((await inside(sandbox, `mkdir /srv/${name}`)).status, 0);
  return {
    host: (script) => bed.run("sh", "-c", `cd ${folder} && ${script}`),
    inside: (script) => inside(sandbox, `cd /srv/${name} && ${script}`),
  };
}

// The tests share a sandbox, and each has a folder of its own in it.
before(async () => {
  await bed.run("sandboxcontainer", "create", "copies", "--start", "--", "/usr/bin/sleep", "infinity");
});

after(async () => {
  await command("delete", "--force", "copies");
});

test("a tree goes in and comes out with contents, modes, times and links, and belongs to root there and here", async (t) => {
  const { host, inside } = await makePlace(t, "whole");
  await host("chown -R 1000:1000 tree && sandboxcontainer copy-to copies tree /srv/whole");
  assert.equal(
    (await inside("stat -c %U:%a:%Y tree/sub/one; readlink tree/link")).stdout,
    "root:640:981158400\nsub/one\n",
  );
  await inside("chown -R www-data tree");
  await host("sandboxcontainer copy-from copies /srv/whole/tree back && diff -r --no-dereference tree back");
  assert.equal(await host("stat -c %U:%a:%Y back/sub/one"), "root:640:981158400");
});

test("a destination is what cp makes of it, on both sides", async (t) => {
  const { host, inside } = await makePlace(t, "named");
  await host("sandboxcontainer copy-to copies tree/sub/one /srv/named/renamed");
  await host("sandboxcontainer copy-to copies tree/sub/one tree/sub /srv/named");
  await host("sandboxcontainer copy-to copies tree/. /srv/named/content");
  assert.equal((await inside("cat renamed one sub/one content/sub/one")).stdout, "one\n".repeat(4));
  await host(
    "mkdir some; sandboxcontainer copy-from copies /srv/named/one /srv/named/sub some; sandboxcontainer copy-from copies srv/named/one some/two",
  );
  assert.equal(await host("cat some/one some/sub/one some/two"), "one\none\none");
});

test("`-` is an archive, from one sandbox's tree into another place", async (t) => {
  const { host, inside } = await makePlace(t, "piped");
  await inside("mkdir from");
  await host("sandboxcontainer copy-to copies tree /srv/piped");
  await host("sandboxcontainer copy-from copies /srv/piped/tree - | sandboxcontainer copy-to copies - /srv/piped/from");
  assert.equal((await inside("cat from/tree/sub/one")).stdout, "one\n");
});

test("a link inside means a place inside: nothing of the host comes out", async (t) => {
  const { inside } = await makePlace(t, "links");
  t.after(() => bed.try("rm", "-f", "/root/secret"));
  await bed.run("sh", "-c", "umask 077; echo of the host > /root/secret");
  await inside("ln -s /root/secret abs; ln -s ../../../../../../root/secret rel; ln -s / dir");
  for (const path of ["/srv/links/abs", "/srv/links/rel", "/srv/links/dir/root/secret"]) {
    assert.doesNotMatch((await command("copy-from", "copies", path, "-")).stdout, /of the host/);
  }
});

test("who is root inside and sends an archive of lies does no harm", async (t) => {
  await makeSleeper(t, "liar", "--start");
  const { host, inside } = await makePlace(t, "lies", "liar");
  await host("mkdir into outside; echo untouched > outside/file");
  await inside("mkdir tree");
  const lie = (script: string): string => `cat > tar <<'END'\n#!/bin/sh\n${script}\nEND\nchmod 755 tar`;
  const make = "rm -rf made && mkdir made && cd made";
  const outside = "/root/copy-lies/outside";
  const lies = [
    `${make} && ln -s ${outside} tree && tar cf ../1 tree && rm tree && mkdir tree && echo x > tree/file && tar rf ../1 tree/file`,
    `${make} && mkdir -p tree ../up && echo x > ../up/file && tar cPf ../1 tree ../up/file`,
    `${make} && echo x > abs && tar cPf ../1 --transform 's,.*,${outside}/file,' abs`,
    `${make} && echo noise > ../1`,
    `${make} && : > ../1`,
  ];
  for (const script of lies) {
    assert.equal((await inside(script)).status, 0, script);
    assert.equal((await inside(lie("cat /srv/lies/1"))).status, 0);
    await mounted("liar", "mount --bind /srv/lies/tar /usr/bin/tar");
    fails(
      await command("copy-from", "liar", "/srv/lies/tree", "/root/copy-lies/into"),
      1,
      /damaged archive|cannot write .*link/,
    );
    await mounted("liar", "umount /usr/bin/tar");
    assert.equal(await host("cat outside/file; ls outside"), "untouched\nfile");
  }
});

test("what cannot be copied is told in a line", async (t) => {
  const { inside } = await makePlace(t, "wrong");
  await inside("echo one > one");
  const [tree, one] = ["/root/copy-wrong/tree", "/srv/wrong/one"];
  fails(await command("copy-from", "copies", "/srv/none", "/root"), 1, /cannot copy \/srv\/none: .*No such file/);
  fails(
    await command("copy-to", "copies", "/root/none", "/srv"),
    1,
    /\/root\/none: no such file or folder on the host/,
  );
  fails(await command("copy-to", "copies", tree, "/no/such"), 1, /there is no folder \/no inside/);
  fails(await command("copy-to", "copies", tree, "/usr/share"), 1, /cannot copy to .*Read-only file system/);
  fails(await command("copy-from", "copies", one, "/dev/null"), 2, /neither a file nor a folder.*`-`/);
  fails(await command("copy-from", "copies", "/", "/root"), 2, /whole sandbox cannot be copied/);
  fails(await command("copy-from", "copeis", one, "/root"), 1, /no sandbox copeis\. Did you mean `copies`\?/);
  fails(await command("copy-from", "copies", one), 2, /missing required argument/);
  const other = "/var/lib/sandboxcontainer/copies/root/srv";
  fails(await command("copy-to", "copies", other, "/srv"), 2, /belongs to a sandbox.*copy-from/);
  fails(await command("copy-from", "copies", one, other), 2, /belongs to a sandbox.*copy-to/);
  const asUser = ["setpriv", "--reuid", "65534", "--clear-groups", "sandboxcontainer"];
  fails(await bed.try(...asUser, "copy-from", "copies", one, "/tmp"), 1, /root.*sudo/);
});

test("what is no file is left out with a word", async (t) => {
  const { inside } = await makePlace(t, "fifos");
  await inside("mkfifo fifo");
  const ran = await command("copy-from", "copies", "/srv/fifos/fifo", "/root/copy-fifos");
  assert.equal(ran.status, 0);
  assert.match(ran.stderr, /skipped.*fifo "fifo"/);
});

test("--archive keeps owners and modes, into a running sandbox and out of it", async (t) => {
  const { host, inside } = await makePlace(t, "owned");
  await host("chown -R 33:1234 tree && chmod 4750 tree/sub/one && chown -h 7:7 tree/link");
  await host("sandboxcontainer copy-to --archive copies tree /srv/owned");
  const stat = "stat -c %u:%g:%a:%Y tree tree/sub/one tree/link";
  assert.equal((await inside(stat)).stdout.trim(), await host(stat));
  await host("mkdir back; sandboxcontainer copy-from --archive copies /srv/owned/tree back");
  assert.equal(
    await host("cd back; stat -c %u:%g:%a tree/sub/one tree/link"),
    // A set-id bit does not leave a sandbox.
    "33:1234:750\n7:7:777",
  );
  await host("tar -C tree -cf - . | sandboxcontainer copy-to -a copies - /srv/owned/tree/sub");
  assert.equal((await inside("stat -c %u:%g tree/sub/sub/one")).stdout, "33:1234\n");
  await host("chown 70000:7 tree/sub/one");
  assert.match(
    (await command("copy-to", "-a", "copies", "/root/copy-owned/tree", "/srv/owned/x")).stderr,
    /70000|Invalid/,
  );
});
