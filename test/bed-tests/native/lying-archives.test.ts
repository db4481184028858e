import assert from "node:assert/strict";
import { after, test } from "node:test";
import { useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { deleteAfter } from "../delete-after.ts";
import { makeForge } from "../forge-archive.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { forge } = makeForge(bed);
const state = "/var/lib/sandboxcontainer";

const createPlain = (name: string): Promise<string> =>
  bed.run("sandboxcontainer", "create", name, "--", "/usr/bin/sleep", "infinity");

after(async () => {
  await bed.run("sh", "-c", "rm -f /root/*.tar /root/*.tar.zst /tmp/look.tar.zst");
});

// GNU tar reads other members, or members with other names. Each archive was seen to bring its files beside the root.
test("A1: an archive that two programs read in two ways is refused, and nothing of it is left", async (context) => {
  deleteAfter(context, bed, "bad");
  const before = await bed.run("sh", "-c", "find /var/lib/sandboxcontainer /etc/sandboxcontainer | sort");
  const hide = (name: string, type: string, link = ""): string => `
import tarfile as tf
inner = b"".join(tf.TarInfo(n).tobuf(tf.USTAR_FORMAT) for n in ("start", "start/domain.xml", "ids", "populated-0"))
t = tarfile.TarInfo(${JSON.stringify(name)}); t.type = ${type}; t.linkname = ${JSON.stringify(link)}; t.size = len(inner); t.mode = 0o755
a.fileobj.write(t.tobuf(tarfile.PAX_FORMAT) + inner); a.offset += 512 + len(inner)`;
  const global = (key: string, value: string): string => `
a.fileobj.write(tarfile.TarInfo.create_pax_global_header({${JSON.stringify(key)}: ${JSON.stringify(value)}})); a.offset = a.fileobj.tell()
put("root/x", text=b"x")`;
  const pax = (key: string, value: string): string => `
t = tarfile.TarInfo("root/x"); t.pax_headers = {${JSON.stringify(key)}: ${JSON.stringify(value)}}; a.addfile(t)`;
  const lies: readonly (readonly [string, RegExp])[] = [
    [`put("root/a")${hide("root/b", "tarfile.LNKTYPE", "root/a")}`, /"root\/b" is refused: it has data/],
    [hide("root/b", "tarfile.SYMTYPE", "x"), /"root\/b" is refused: it has data/],
    [hide("root/b/", "tarfile.DIRTYPE"), /"root\/b\/" is refused: it has data/],
    [hide("root/b", "tarfile.FIFOTYPE"), /"root\/b" is refused: it has data/],
    [global("path", "populated-0"), /attributes that apply to all files/],
    [global("linkpath", "/etc/shadow"), /attributes that apply to all files/],
    [pax("GNU.sparse.map", "0,1"), /unknown attribute "GNU\.sparse\.map"/],
    [pax("comment", "x"), /unknown attribute "comment"/],
    [pax("SCHILY.xattr.security.selinux", "x"), /unknown attribute/],
    [
      `put("start", tarfile.DIRTYPE); put("start/domain.xml", text=b"x")`,
      /"start\/" is refused: it is not part of a sandbox/,
    ],
    [`put("ids", text=b"none")`, /"ids" is refused: it is not part/],
    [`put("populated-0")`, /"populated-0" is refused: it is not part/],
    [`put("snapshots", tarfile.DIRTYPE)`, /"snapshots\/" is refused: it is not part/],
    [`put("root/" + "x" * 120, "L".encode())`, /of an unknown kind/],
  ];
  for (const [member, message] of lies) oneLine(await command("import", await forge(member)), 1, message);
  const archived = await forge(`put("root/x", text=b"x")`);
  await bed.run("ln", "-s", archived, "/root/link.tar.zst");
  oneLine(await command("import", "/root/link.tar.zst"), 1, /it is a link; name the file itself/);
  await bed.run("sh", "-c", `cat ${archived} ${archived} > /root/twice.tar.zst`);
  oneLine(await command("import", "/root/twice.tar.zst"), 1, /there is data after its end/);
  assert.equal(await bed.run("sh", "-c", "find /var/lib/sandboxcontainer /etc/sandboxcontainer | sort"), before);
});

test("A1: an import writes into the state folder what it knows, by name, and a tree", async (context) => {
  deleteAfter(context, bed, "bad", "plain");
  await createPlain("plain");
  const archived = await forge(`put("root/x", text=b"x")`);
  await bed.run("sandboxcontainer", "import", archived);
  const list = (name: string): Promise<string> =>
    bed.run("sh", "-c", `ls -A ${state}/${name} | grep -vE '^(populated-|bases|start$|replaced$)'`);
  assert.equal(await list("bad"), await list("plain"));
  assert.match(await bed.run("cat", "/var/lib/sandboxcontainer/bad/root/x"), /^x$/);
  await bed.run("sandboxcontainer", "delete", "--force", "bad");
});

test("A1: an archive that is larger than it looks stops before the disk is full, and leaves nothing", async () => {
  const bombs = [
    `put("root/one", text=bytes(40 << 20))`,
    `for i in range(60): put("root/%03d" % i, text=bytes(1 << 20))`,
    `for i in range(3000): put("root/%05d" % i)`,
  ];
  await bed.run("mount", "-t", "tmpfs", "-o", "size=24m,nr_inodes=2000,mode=0700", "tmpfs", state);
  try {
    for (const bomb of bombs) {
      oneLine(await command("import", await forge(bomb)), 1, /the archive does not fit on the disk of /);
      assert.equal(await bed.run("ls", "-A", state), "");
    }
    // The same disk has room for a small archive.
    const small = await command("import", await forge(`put("root/%0200d" % 1, text=b"x")`));
    assert.doesNotMatch(small.stderr, /does not fit/);
  } finally {
    await command("delete", "--force", "bad");
    await bed.run("umount", state);
  }
});

test("A1: --dry-run shows what would be trusted, to everybody who may read the archive, and makes nothing", async () => {
  const archived = await forge("", "/tmp/look.tar.zst");
  await bed.run("chmod", "0644", archived);
  const shown = await bed.run(
    "setpriv",
    "--reuid=65534",
    "--clear-groups",
    "sandboxcontainer",
    "import",
    "--dry-run",
    archived,
  );
  assert.match(
    shown,
    /bad\.conf:\n {2}\[Sandbox\]\n {2}Exec=\/usr\/bin\/sleep infinity\n\nA root of 1 files.*Nothing was written\.$/,
  );
});

test("A1: what of a conf the host itself would run is named, before an import and after", async (context) => {
  deleteAfter(context, bed, "runs", "ran");
  await createPlain("runs");
  const folder = "/etc/sandboxcontainer/runs.conf.d";
  const lines = "[Service]\nExecStartPre=/usr/bin/true\nRestart=no\n";
  await bed.feed(lines, "sh", "-c", `mkdir -p ${folder}; cat > ${folder}/runs.conf`);
  await bed.run("sandboxcontainer", "export", "runs", "/root/runs.tar.zst");
  const shown = await bed.run("sandboxcontainer", "import", "--dry-run", "--json", "/root/runs.tar.zst", "ran");
  const { name, programs, dropIns, files } = JSON.parse(shown) as {
    readonly name: string;
    readonly programs: readonly string[];
    readonly dropIns: readonly { readonly file: string; readonly text: string }[];
    readonly files: number;
  };
  const file = "/etc/sandboxcontainer/ran.conf.d/runs.conf";
  const expected = [`${file}:2: ExecStartPre=/usr/bin/true`];
  assert.deepEqual([name, programs, dropIns], ["ran", expected, [{ file, text: lines }]]);
  assert.ok(files > 10);
  assert.equal(await bed.run("sh", "-c", `ls -d ${state}/ran /etc/sandboxcontainer/ran* 2>/dev/null; true`), "");
  const imported = await command("import", "/root/runs.tar.zst", "ran");
  assert.equal(imported.status, 0, imported.stderr);
  const warnings = expected.map(
    (line) => `warning: this line makes the host run a program, or passes data to one: ${line}\n`,
  );
  assert.equal(imported.stderr, warnings.join(""));
});
