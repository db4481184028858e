import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findMistakes, readShapes } from "../../json-shapes.ts";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";

const bed = useBed("selinux");

interface Told {
  readonly text: string;
  readonly count: number;
  readonly who: { readonly comm: string };
  readonly allow: readonly { readonly kind: string; readonly text: string }[];
}
const audit = async (name: string): Promise<readonly Told[]> =>
  JSON.parse(await bed.run("sandboxcontainer", "audit", "--json", "--since", "today", name)) as readonly Told[];

const start = (name: string): Promise<string> =>
  bed.run("sandboxcontainer", "create", name, "--start", "--", "/usr/bin/sleep", "infinity");

// Nothing is denied to this one.
before(() => start("quiet"));

after(() => bed.try("sandboxcontainer", "delete", "--force", "quiet"));

test("a denial is told in words, counted, and only to its sandbox", async (context) => {
  deleteAfter(context, bed, "caught");
  await start("caught");
  assert.deepEqual(await audit("caught"), []);
  for (let count = 0; count < 2; count++)
    await bed.try("sandboxcontainer", "execute", "caught", "--", "flock", "/usr/bin/true", "true");
  await eventually(async () => {
    const [told] = await audit("caught");
    assert.equal(told?.text, 'flock was not allowed to lock the file "/usr/bin/true", which is bin_t:s0');
    assert.equal(told.count, 2);
    assert.deepEqual(told.allow.at(-1)?.text, "(allow sandboxcontainer_command_t bin_t (file (lock)))");
  });
  assert.deepEqual(await audit("quiet"), []);
  const json = await bed.run("sandboxcontainer", "audit", "--json", "caught");
  assert.deepEqual(findMistakes(readShapes().get("audit") ?? assert.fail(), json), []);
  assert.match(await bed.run("sandboxcontainer", "audit", "caught"), /flock was not allowed[^]* 2 times/);
  assert.match(await bed.run("sandboxcontainer", "list"), /^caught .* 2 +\S+ +\/usr\/bin\/sleep infinity$/m);
});

test("a process that names itself like a record changes nothing", async (context) => {
  deleteAfter(context, bed, "liar");
  await start("liar");
  const script =
    "import ctypes,fcntl; ctypes.CDLL(None).prctl(15, b'a\" scontext=', 0, 0, 0); fcntl.flock(open('/usr/bin/true'), 2)";
  await bed.try("sandboxcontainer", "execute", "liar", "--", "python3", "-c", script);
  await eventually(async () => {
    assert.ok((await audit("liar")).some(({ who }) => who.comm === 'a" scontext='));
  });
  assert.deepEqual(await audit("quiet"), []);
});

test("the host is well, and says so", async () => {
  const { status, stdout } = await bed.try("sandboxcontainer", "doctor");
  assert.equal(status, 0, stdout);
  assert.match(stdout, /^ok +SELinux +enforcing$/m);
  assert.match(stdout, /^ok +policy +loaded, and the same as installed$/m);
  assert.match(stdout, /^ok +machined +answers$/m);
});

test("files go in and out, with the labels of where they are", async () => {
  await bed.run("sh", "-c", "rm -rf /root/copies; mkdir -p /root/copies/tree; echo one > /root/copies/tree/one");
  await bed.run("sandboxcontainer", "copy-to", "quiet", "/root/copies/tree", "/srv");
  const inside = await bed.run("sandboxcontainer", "execute", "quiet", "--", "stat", "--format=%C", "/srv/tree/one");
  const { level } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", "quiet")) as { level: string };
  assert.equal(inside, `system_u:object_r:sandboxcontainer_file_t:${level}`);
  await bed.run("sandboxcontainer", "copy-from", "quiet", "/srv/tree", "/root/copies/back");
  assert.equal(await bed.run("cat", "/root/copies/back/one"), "one");
  assert.match(
    await bed.run("stat", "--format=%C", "/root/copies/back/one"),
    /:user_home(_dir)?_t:s0$|:admin_home_t:s0$/,
  );
  const script = "cat /dev/stdin > /dev/stdout; id -un";
  const ran = await bed.feed(
    "in\n",
    "sandboxcontainer",
    "execute",
    "-u",
    "www-data",
    "quiet",
    "--",
    "sh",
    "-c",
    script,
  );
  assert.deepEqual(ran, { status: 0, stdout: "in\nwww-data\n", stderr: "" });
});
