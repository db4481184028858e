import assert from "node:assert/strict";
import { after, test, type TestContext } from "node:test";
import { useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { makeForge } from "../forge-archive.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command, inside } = useCommand(bed);
const { compress, forge } = makeForge(bed);
const { deleteAfter, make } = useSandboxes(bed);
const identity = async (name: string): Promise<readonly unknown[]> => {
  const shown = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as Record<string, unknown>;
  return [shown["uuid"], shown["machineId"]];
};
const nothingOf = async (name: string): Promise<void> => {
  const left = `ls -A /var/lib/sandboxcontainer /etc/sandboxcontainer | grep -E '${name}|new-'; true`;
  assert.equal(await bed.run("sh", "-c", left), "");
};
/** Makes a running web server for one test, with files of all kinds and a drop-in. */
async function makeSite(t: TestContext, name: string, port: number): Promise<void> {
  await make(t, name, "-u", "apache2.service", "-p", `${port}:80`, "--start");
  const data =
    "echo page > /var/www/html/index.html; cd /srv; truncate -s 40M holes; echo tail >> holes; echo x > a; ln a b; ln -s /etc/shadow link; mkfifo fifo; chown 33:33 a; chmod 4711 a; touch 'odd \"name'; setfattr -n user.note -v hello a; python3 -c \"import os; os.setxattr('a', 'system.posix_acl_access', bytes.fromhex('0200000001000700ffffffff02000400210000000400010 0ffffffff1000050 0ffffffff20000100ffffffff'.replace(' ','')))\"";
  const made = await inside(name, data);
  assert.equal(made.status, 0, made.stderr);
  await bed.run("mkdir", "-p", `/etc/sandboxcontainer/${name}.conf.d`);
  const dropIn = `cat > /etc/sandboxcontainer/${name}.conf.d/restart.conf`;
  assert.equal((await bed.feed("[Service]\nRestart=on-failure\n", "sh", "-c", dropIn)).status, 0);
}

/** Stops a sandbox, exports it for one test, and resolves to the path of the archive. */
async function makeArchive(t: TestContext, name: string): Promise<string> {
  const archive = `/root/${name}.tar.zst`;
  t.after(() => bed.try("rm", "-f", archive));
  await bed.run("systemctl", "stop", `sandbox@${name}`);
  await bed.run("sandboxcontainer", "export", name, archive);
  return archive;
}

after(async () => {
  await bed.run("sh", "-c", "rm -f /root/*.tar /root/*.tar.zst");
});

const look =
  "cd /srv; stat -c '%u %g %a %h' a; [ a -ef b ] && readlink link; [ -p fifo ] && stat -c %s holes; tail -c 5 holes; ls; getfattr --only-values -n user.note a; python3 -c \"import os; print(os.getxattr('a','system.posix_acl_access').hex())\"; cat /etc/machine-id";

test("a sandbox comes back from its archive as it was", async (t) => {
  const archive = "/root/exp1.tar.zst";
  t.after(() => bed.try("rm", "-f", archive, "/root/live.tar.zst"));
  await makeSite(t, "exp1", 8121);
  const before = [
    (await inside("exp1", look)).stdout,
    await identity("exp1"),
    await bed.run("cat", "/etc/sandboxcontainer/exp1.conf"),
  ];
  assert.match(String(before[0]), /^33 33 4\d\d\d 2\n/);
  const capability = ["-n", "security.capability", "-v", "0x0100000200200000000000000000000000000000"];
  const tree = "/var/lib/sandboxcontainer/exp1/root/srv";
  await bed.run("setfattr", ...capability, `${tree}/holes`);
  oneLine(await command("export", "exp1"), 1, /exp1 is running\. Stop it first: .*--running/);
  await bed.run("sandboxcontainer", "export", "exp1", "/root/live.tar.zst", "--running");
  await bed.run("systemctl", "stop", "sandbox@exp1");
  assert.equal(await bed.run("sh", "-c", "cd /root && sandboxcontainer export exp1"), `Exported exp1 to ${archive}`);
  assert.equal(await bed.run("stat", "-c", "%a", archive), "600");
  assert.ok(Number(await bed.run("stat", "-c", "%s", archive)) < 4 * 1024 ** 2, "holes take no space");
  oneLine(await command("export", "exp1", archive), 1, /exp1\.tar\.zst already exists/);
  oneLine(await command("import", archive), 1, /the name exp1 is taken/);
  await bed.run("sandboxcontainer", "delete", "--force", "exp1");
  await bed.run("sandboxcontainer", "import", archive);
  assert.match(await bed.run("getfattr", "-e", "hex", "-n", "security.capability", `${tree}/holes`), /0x010000020020/);
  await bed.run("systemctl", "start", "sandbox@exp1");
  assert.deepEqual(
    [
      (await inside("exp1", look)).stdout,
      await identity("exp1"),
      await bed.run("cat", "/etc/sandboxcontainer/exp1.conf"),
    ],
    before,
  );
  assert.equal(await bed.run("curl", "-sS", "http://127.0.0.1:8121/"), "page");
  assert.equal(await bed.run("systemctl", "show", "--value", "-p", "Restart", "sandbox@exp1"), "on-failure");
  assert.ok(Number(await bed.run("stat", "-c", "%b", "/var/lib/sandboxcontainer/exp1/root/srv/holes")) < 100);
});

test("under another name it has another identity; a port that is taken refuses it", async (t) => {
  await makeSite(t, "exp2", 8121);
  deleteAfter(t, "exp2-b");
  const archive = await makeArchive(t, "exp2");
  const refused = await command("import", archive, "exp2-b");
  assert.equal(refused.status, 2);
  assert.match(refused.stderr, /port 8121 of the host is also published by sandbox exp2/);
  await nothingOf("exp2-b");
  await bed.run("sandboxcontainer", "set", "exp2", "Publish=8122:80");
  await bed.run("systemctl", "restart", "sandbox@exp2");
  await bed.run("sandboxcontainer", "import", archive, "exp2-b");
  await bed.run("systemctl", "start", "sandbox@exp2-b");
  const [one, two] = [await identity("exp2"), await identity("exp2-b")];
  assert.ok(one[0] !== two[0] && one[1] !== two[1]);
  assert.equal((await inside("exp2-b", "cat /etc/hostname /etc/machine-id")).stdout, `exp2-b\n${String(two[1])}\n`);
});

test("an image goes through an archive as well, and through a pipe", async (t) => {
  t.after(() => bed.try("rm", "-f", "/root/image.tar.zst"));
  await make(t, "exp-i", "-i", "32M", "--start", "--", "/usr/bin/sleep", "infinity");
  await inside("exp-i", "echo kept > /srv/file");
  await bed.run("systemctl", "stop", "sandbox@exp-i");
  await bed.run("sh", "-c", "sandboxcontainer export exp-i - > /root/image.tar.zst");
  await bed.run("sandboxcontainer", "delete", "--force", "exp-i");
  await bed.run("sandboxcontainer", "import", "/root/image.tar.zst");
  await bed.run("systemctl", "start", "sandbox@exp-i");
  assert.equal((await inside("exp-i", "cat /srv/file")).stdout, "kept\n");
  assert.ok(Number((await inside("exp-i", "df --output=size -BM / | tail -1 | tr -d M")).stdout) < 32);
});

test("an archive that is cut off or damaged is refused, and nothing is made", async (t) => {
  deleteAfter(t, "bad");
  await makeSite(t, "exp3", 8121);
  const archive = await makeArchive(t, "exp3");
  const size = Number(await bed.run("stat", "-c", "%s", archive));
  for (const part of [0, 10, 1000, Math.floor(size / 2), size - 5000]) {
    await bed.run("sh", "-c", `head -c ${part} ${archive} > /root/cut.tar.zst`);
    oneLine(
      await command("import", "/root/cut.tar.zst", "bad", "-p", "8123:80"),
      1,
      /cut\.tar\.zst is (cut off|damaged)/,
    );
  }
  await bed.run(
    "sh",
    "-c",
    `cp ${archive} /root/cut.tar.zst; printf XXXX | dd of=/root/cut.tar.zst bs=1 seek=${Math.floor(size / 2)} conv=notrunc`,
  );
  // If these bytes are stored uncompressed, import rejects them before it reaches the checksum.
  oneLine(
    await command("import", "/root/cut.tar.zst", "bad", "-p", "8123:80"),
    1,
    /cut\.tar\.zst(: .* is refused| is (cut off|damaged))/,
  );
  oneLine(await command("import", "/usr/bin/true", "bad"), 1, /damaged, or not an exported sandbox/);
  oneLine(await command("import", "/root/none", "bad"), 1, /no such file/);
  await nothingOf("bad");
});

test("an archive with anything else than a sandbox in it is refused before it is written", async (t) => {
  deleteAfter(t, "bad");
  const wrong: readonly (readonly [string, RegExp])[] = [
    [`put("../escaped", text=b"x")`, /"\.\.\/escaped" is refused: its path leads out/],
    [`put("/root/escaped", text=b"x")`, /its path leads out/],
    [`put("root/../../escaped", text=b"x")`, /its path leads out/],
    [
      `put("root/l", tarfile.SYMTYPE, "/root"); put("root/l/escaped", text=b"x")`,
      /it does not follow the folder that contains it/,
    ],
    [`put("root/h", tarfile.LNKTYPE, "/etc/shadow")`, /hard link, but not to an earlier file/],
    [`put("root/h", tarfile.LNKTYPE, "../../../../etc/shadow")`, /hard link, but not to an earlier file/],
    [`put("root/d", tarfile.BLKTYPE)`, /it is a device/],
    [`put("root/d", tarfile.CHRTYPE)`, /it is a device/],
    [`put("start/domain.xml", text=b"x")`, /not part of a sandbox/],
    [`put("conf", text=b"x")`, /out of order/],
    [`put("root", tarfile.DIRTYPE)`, /it occurs twice/],
  ];
  for (const [member, message] of wrong) oneLine(await command("import", await forge(member)), 1, message);
  assert.equal(await bed.run("sh", "-c", "find / -xdev -name escaped 2>/dev/null; true"), "");
  await nothingOf("bad");
  assert.equal((await command("import", await forge(""))).status, 0);
  await bed.run("sandboxcontainer", "delete", "--force", "bad");
});

test("a wrong conf, name or manifest in it is refused", async (t) => {
  deleteAfter(t, "bad");
  const wrong = await forge(`put("root/etc", tarfile.DIRTYPE)`);
  oneLine(await command("import", wrong, "a/b"), 2, /not a valid sandbox name/);
  await bed.run("sed", "-i", "s/Exec=/Exex=/", "/root/forged.tar");
  await compress("/root/forged.tar", "/root/forged.tar.zst");
  const imported = await command("import", wrong);
  assert.equal(imported.status, 2);
  assert.match(imported.stderr, /bad\.conf:2: Exex= is not a key.*Exec=/);
  await nothingOf("bad");
  const asUser = await bed.try("setpriv", "--reuid", "65534", "--clear-groups", "sandboxcontainer", "import", wrong);
  oneLine(asUser, 1, /root.*sudo/);
});

test("copies that come at the same time do not share an identity", async (t) => {
  await make(t, "twin", "--", "/usr/bin/sleep", "infinity");
  const archive = "/root/twin.tar.zst";
  await bed.run("sandboxcontainer", "export", "twin", archive);
  await bed.run("sandboxcontainer", "delete", "--force", "twin");
  const names = ["twin-a", "twin-b", "twin-c"];
  for (const name of names) deleteAfter(t, name);
  await Promise.all(names.map((name) => bed.run("sandboxcontainer", "import", archive, name)));
  const identities = (await Promise.all(names.map(identity))).flat();
  assert.equal(new Set(identities).size, identities.length, String(identities));
  const ids = await Promise.all(
    names.map((name) => bed.run("cat", `/var/lib/sandboxcontainer/${name}/root/etc/machine-id`)),
  );
  assert.deepEqual(
    ids,
    identities.filter((_, index) => index % 2 === 1),
  );
});
