import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { oneLine as fails, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const { makeSleeper } = useSandboxes(bed);

for (const image of [[], ["--imagesize", "64M"]]) {
  const where = image.length > 0 ? "an image" : "a folder";
  test(`a stopped sandbox whose root is in ${where} is copied from and to like a running one`, async (t) => {
    const name = image.length > 0 ? "restimg" : "rests";
    await makeSleeper(t, name, ...image);
    const folder = "/root/copy-rests";
    t.after(() => bed.try("rm", "-rf", folder));
    const host = (script: string): Promise<string> =>
      bed.run("sh", "-c", `mkdir -p ${folder} && cd ${folder} && ${script}`);
    const root = `/var/lib/sandboxcontainer/${name}/${image.length > 0 ? "image/" : ""}root`;
    await host(`mkdir -p tree/sub; echo one > tree/sub/one; ln -s sub/one tree/link; chown -R 33:1234 tree
      chmod 4640 tree/sub/one; touch -d 2001-02-03 tree/sub/one; ln -s /srv ${root}/var/way`);
    await host(`sandboxcontainer copy-to ${name} tree /var/way && sandboxcontainer copy-to ${name} tree/sub/one /srv/named
      sandboxcontainer copy-to -a ${name} tree/. /srv/new && sandboxcontainer copy-to ${name} tree/sub tree/link /var/way`);
    assert.equal(
      await host(`cd ${root}/srv; stat -c %n:%u:%g:%a tree/sub/one named new/sub/one sub/one; readlink tree/link link`),
      "tree/sub/one:0:0:4640\nnamed:0:0:4640\nnew/sub/one:33:1234:4640\nsub/one:0:0:4640\nsub/one\nsub/one",
    );
    await host(`tar -cf - tree | sandboxcontainer copy-to -a ${name} - /var/way/sub`);
    assert.equal(await host(`stat -c %u:%a ${root}/srv/sub/tree/sub/one`), "33:4640");
    await host(`mkdir out; sandboxcontainer copy-from -a ${name} /var/way/new /var/way/named out
      sandboxcontainer copy-from ${name} /var/way/new/. content; sandboxcontainer copy-from ${name} /var/way/new - > new.tar`);
    assert.equal(
      await host("stat -c %n:%u:%a:%Y out/new/sub/one out/named content/sub/one; tar -tf new.tar | sort | head -n 2"),
      "out/new/sub/one:33:640:981158400\nout/named:0:640:981158400\ncontent/sub/one:0:640:981158400\nnew/\nnew/link",
    );
    assert.equal((await bed.try("systemctl", "start", `sandbox@${name}`)).status, 0);
    assert.equal(
      (await inside(name, "stat -c %u:%g:%a /srv/new/sub/one; cat /srv/named")).stdout,
      "33:1234:4640\none\n",
    );
  });
}

test("a link in the tree of a stopped sandbox leads nowhere on the host", async (t) => {
  await makeSleeper(t, "lair");
  const root = "/var/lib/sandboxcontainer/lair/root";
  t.after(() => bed.try("rm", "-rf", "/root/copy-lair"));
  const host = (script: string): Promise<string> => bed.run("sh", "-c", `cd /root/copy-lair && ${script}`);
  await bed.run("sh", "-c", "umask 077; mkdir -p /root/copy-lair/aim; echo of the host > /root/copy-lair/aim/secret");
  await host(`ln -s /root/copy-lair/aim ${root}/srv/abs; ln -s ../../../../../../root/copy-lair/aim ${root}/srv/rel
    mkdir ${root}/srv/in; ln -s /root/copy-lair/aim ${root}/srv/in/deep; echo new > secret; mkdir deep; cp secret deep`);
  for (const path of ["/srv/abs/secret", "/srv/rel/secret", "/srv/in/deep/secret"]) {
    fails(await command("copy-from", "lair", path, "-"), 1, /there is no \/srv\/.*secret in the root of lair/);
    fails(
      await command("copy-to", "lair", "/root/copy-lair/secret", path),
      1,
      /there is no folder .* in the root of lair/,
    );
  }
  await host("sandboxcontainer copy-from lair /srv/in out; test -L out/deep");
  // A folder takes the place of no link.
  fails(await command("copy-to", "lair", "/root/copy-lair/deep", "/srv/in"), 1, /deep: .*link, which we do not follow/);
  await host(`mkdir t; ln -s /root/copy-lair/aim t/evil; tar -cf 1.tar -C t evil; rm t/evil; mkdir t/evil; echo bad > t/evil/secret
    tar -rf 1.tar -C t evil/secret`);
  const lies = await bed.try("sh", "-c", "sandboxcontainer copy-to lair - /srv/in < /root/copy-lair/1.tar");
  assert.equal(lies.status, 1);
  assert.equal(
    await host(`cat aim/secret; ls aim; cat ${root}/srv/in/evil/secret 2>&1 | grep -c bad; true`),
    "of the host\nsecret\n0",
  );
});

test("a copy to where a stopped sandbox would not see it is refused, and a start waits for a copy", async (t) => {
  await makeSleeper(t, "cover", "--mount", "ram:/srv/fast=1M");
  for (const path of ["/usr/share", "/run", "/tmp/x", "/bin", "/srv/fast/x"])
    fails(await command("copy-to", "cover", "/etc/hostname", path), 1, /cover would not see the copy\. Start it first/);
  fails(await command("copy-from", "cover", "/srv/none", "/root"), 1, /there is no \/srv\/none in the root of cover/);
  fails(
    await command("copy-to", "cover", "/etc/hostname", "/no/such"),
    1,
    /there is no folder \/no in the root of cover/,
  );
  const gate = "/root/cover-gate";
  // If the test fails, whoever reads the gate must not wait for ever.
  t.after(() => bed.try("sh", "-c", `timeout 1 sh -c ': > ${gate}'; rm -f ${gate}`));
  await bed.run("mkfifo", gate);
  const copy = bed.run("sh", "-c", `cat ${gate} | sandboxcontainer copy-to cover - /srv`);
  await eventually(async () => {
    assert.match((await bed.try("systemctl", "is-active", "sandbox-hold@cover")).stdout, /activating/);
  });
  fails(await command("snapshot", "cover"), 1, /cover is held by `sandboxcontainer copy-to cover - \/srv/);
  const started = bed.try("systemctl", "start", "sandbox@cover");
  await bed.run("sh", "-c", `tar -C /etc -cf ${gate} hostname`);
  await copy;
  assert.equal((await started).status, 0);
  assert.equal((await inside("cover", "test -s /srv/hostname")).status, 0);
});
