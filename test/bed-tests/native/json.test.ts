import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findMistakes, readShapes } from "../../json-shapes.ts";
import { useBed } from "../bed.ts";
import { useCommand } from "../command.ts";
import { idleUnit, installPackage } from "../demo-package.ts";

const bed = useBed("native");
const shapes = readShapes();
const tried = new Set<string>();
const { command } = useCommand(bed);
const names = ["json-1", "json-2", "json-3", "json-4", "json-bad"];
const files = { "/usr/lib/systemd/system/demo.service": `${idleUnit}ExecReload=/bin/true\n`, "/etc/demo/one": "one\n" };

interface Expected {
  /** The title in docs/json.md, if it is not the verb. */
  readonly title?: string;
  readonly status?: number;
  /** The output must contain this, so that an empty array does not pass. */
  readonly has: RegExp;
}

/** Runs a verb with --json and compares its output with the page. */
async function check(line: string, { title, status = 0, has }: Expected): Promise<void> {
  const [verb = "", ...words] = line.split(" ");
  const shape = shapes.get(title ?? verb);
  assert.ok(shape, line);
  const ran = await command(verb, "--json", ...words);
  assert.equal(ran.status, status, `${line}: ${ran.stderr}`);
  assert.equal(ran.stderr === "", status === 0, `${line}: ${ran.stderr}`);
  assert.match(ran.stdout, has, line);
  assert.deepEqual(findMistakes(shape, ran.stdout), [], line);
  tried.add(title ?? verb);
}

before(async () => {
  await installPackage(bed, "demo", "1", files);
  await bed.run("systemctl", "daemon-reload");
});

after(async () => {
  for (const name of names) await command("delete", "--force", name);
  await bed.try("sh", "-c", "rm -rf /etc/sandboxcontainer/json-bad.conf /root/json-*; systemctl daemon-reload");
  await bed.try("dpkg", "--purge", "demo");
});

test("what makes and runs sandboxes prints what the page says", async () => {
  await check("create json-1 --unit demo.service --dry-run", {
    title: "create --dry-run",
    has: /"copy": "\/etc\/demo/,
  });
  await check("create json-1 --unit demo.service", { has: /"demo\.service"/ });
  await check("create json-2 -i 64M -- /usr/bin/sleep infinity", { has: /"units": \[\]/ });
  await check("set json-2 TimeoutStopSec=20 Publish=8099:80", { has: /"Publish"/ });
  await check("start json-1 json-2", { has: /json-2/ });
  await check("reload json-1", { has: /done/ });
  await check("enable json-1", { has: /true/ });
  await check("disable json-1", { has: /false/ });
});

test("what looks at them prints what the page says", async () => {
  await bed.run(
    "sandboxcontainer",
    "execute",
    "json-1",
    "--",
    "sh",
    "-c",
    "echo two >/etc/demo/one; echo >/etc/demo/x",
  );
  await bed.feed("[Sandbox]\nExec=x\nNonsense=1\n", "sh", "-c", "cat >/etc/sandboxcontainer/json-bad.conf");
  await check("list", { has: /"memoryBytes": \d[^]*"error": "/ });
  await check("show json-1", { has: /"origin": "\/etc/ });
  await check("show json-bad", { has: /"settings": \[\]/ });
  await check("stats", { has: /json-1/ });
  await check("tree json-1", { has: /sleep infinity/ });
  await check("events json-1", { has: /"started"/ });
  await check("logs json-1", { has: /"_SYSTEMD_UNIT"/ });
  await check("security json-1", { has: /"closes": \[\n/ });
  await check("doctor", { has: /"failed"/, status: 1 });
  await check("verify", { has: /"line": 3/, status: 2 });
  for (const path of ["/etc/demo/one", "/etc/demo/y", "/etc/fstab", "/etc/passwd", "/var/lib/demo", "/bin"])
    await check(`why json-1 ${path}`, { has: /"reason"/ });
  await check("diff json-1", { has: /"added"/ });
  await check("diff json-1 --text", { has: /"text": "-/ });
});

test("what changes, copies and keeps them prints what the page says", async () => {
  await check("copy-to json-1 /etc/hostname /srv", { has: /\/srv/ });
  await check("copy-from json-1 /srv/hostname /root/json-name", { has: /"files": 1/ });
  await check("snapshot json-1 --running before", { has: /before/ });
  await check("snapshots json-1", { has: /before/ });
  await check("stop json-1 json-2", { has: /done/ });
  await check("resize json-2 80M", { has: /"before": 67108864/ });
  await check("restart json-2", { has: /done/ });
  await installPackage(bed, "demo", "2", { ...files, "/etc/demo/new": "new\n", "/etc/demo/one": "three\n" });
  await check("upgrade json-1 --dry-run", { has: /"note": "/ });
  await check("upgrade json-1", { has: /"added"/ });
  await check("rollback json-1 before", { has: /before/ });
  await check("delete-snapshot json-1 before", { has: /before/ });
  await check("export json-1 /root/json-archive", { has: /\/root\/json-archive/ });
  await check("import /root/json-archive json-3 --dry-run", { title: "import --dry-run", has: /"files": \d/ });
  await check("import /root/json-archive json-3", { has: /json-3/ });
  await check("rename json-3 json-4", { has: /json-4/ });
  await check("clone json-1 json-3 -p 8098:80", { has: /8098/ });
  await bed.run("sh", "-c", "echo 'sed -i s/=20$/=30/ \"$1\"' >/root/json-editor");
  const edited = await bed.try("env", "EDITOR=sh /root/json-editor", "sandboxcontainer", "edit", "--json", "json-2");
  assert.deepEqual([findMistakes(shapes.get("edit") ?? assert.fail(), edited.stdout), edited.stderr], [[], ""]);
  tried.add("edit");
  await check("delete json-4", { has: /true/ });
});

test("what fails prints nothing, or what the page says, and tells why on standard error", async () => {
  assert.deepEqual(await command("show", "jsn-1", "--json"), {
    ...{ status: 1, stdout: "" },
    stderr: "there is no sandbox jsn-1. Did you mean `json-1`?\n",
  });
  await check("start json-bad", { status: 1, has: /"error": "/ });
  await check("reload json-1", { status: 1, has: /"result": "invalid"/ });
  await check("upgrade json-bad", { status: 1, has: /"error": "/ });
});

test("every verb was tried, but the one that needs SELinux", () => {
  assert.deepEqual(
    [...shapes.keys()].filter((title) => !tried.has(title)),
    ["audit"],
  );
});
