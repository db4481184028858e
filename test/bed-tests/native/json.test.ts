import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { findMistakes, readErrorShape, readShapes } from "../../json-shapes.ts";
import { useBed } from "../bed.ts";
import { useCommand } from "../command.ts";
import { deleteAfter } from "../delete-after.ts";
import { idleUnit, installPackage } from "../demo-package.ts";

const bed = useBed("native");
const shapes = readShapes();
const { command, inside } = useCommand(bed);
const files = { "/usr/lib/systemd/system/demo.service": `${idleUnit}ExecReload=/bin/true\n`, "/etc/demo/one": "one\n" };

interface Check {
  /** A verb and its arguments. */
  readonly line: string;
  /** The title in docs/json.md, if it is not the verb. */
  readonly title?: string;
  readonly status?: number;
  /** The output must contain this, so that an empty array does not pass. */
  readonly has: RegExp;
}

const titleOf = ({ line, title }: Check): string => title ?? line.split(" ")[0] ?? "";

/** Runs a verb with --json and compares its output with the page. */
async function check(wanted: Check): Promise<void> {
  const { line, status = 0, has } = wanted;
  const [verb = "", ...words] = line.split(" ");
  const shape = shapes.get(titleOf(wanted));
  assert.ok(shape, line);
  const ran = await bed.try("env", "EDITOR=sh /root/json-editor", "sandboxcontainer", verb, "--json", ...words);
  assert.equal(ran.status, status, `${line}: ${ran.stderr}`);
  assert.equal(ran.stderr === "", status === 0, `${line}: ${ran.stderr}`);
  assert.match(ran.stdout, has, line);
  assert.deepEqual(findMistakes(shape, ran.stdout), [], line);
}

const create = (...words: readonly string[]): Promise<string> => bed.run("sandboxcontainer", "create", ...words);
const writeBadConf = (name: string) =>
  bed.feed("[Sandbox]\nExec=x\nNonsense=1\n", "sh", "-c", `cat >/etc/sandboxcontainer/${name}.conf`);

interface Situation {
  readonly title: string;
  readonly names: readonly string[];
  readonly prepare?: () => Promise<void>;
  readonly checks: readonly Check[];
}

const making: Situation = {
  title: "what makes and runs sandboxes prints what the page says",
  names: ["json-new", "json-other"],
  checks: [
    { line: "create json-new --unit demo.service --dry-run", title: "create --dry-run", has: /"copy": "\/etc\/demo/ },
    { line: "create json-new --unit demo.service", has: /"demo\.service"/ },
    { line: "create json-other -i 64M -- /usr/bin/sleep infinity", has: /"units": \[\]/ },
    { line: "set json-other TimeoutStopSec=20 Publish=127.0.0.1:8099:80", has: /"Publish"/ },
    { line: "start json-new json-other", has: /json-other/ },
    { line: "reload json-new", has: /done/ },
    { line: "enable json-new", has: /true/ },
    { line: "disable json-new", has: /false/ },
  ],
};

const looking: Situation = {
  title: "what looks at them prints what the page says",
  names: ["json-1", "json-bad"],
  prepare: async () => {
    await create("json-1", "--unit", "demo.service", "--start");
    assert.equal((await inside("json-1", "echo two >/etc/demo/one; echo >/etc/demo/x")).status, 0);
    await writeBadConf("json-bad");
  },
  checks: [
    { line: "list", has: /"memoryBytes": \d[^]*"error": "/ },
    { line: "show json-1", has: /"origin": "\/etc/ },
    { line: "settings", has: /"values": \[\]/ },
    { line: "settings json-1", has: /"origin": "\/etc/ },
    { line: "units demo", has: /"sandboxes": \[\s+"json-1"/ },
    { line: "units --all", has: /"obstacle": "/ },
    { line: "show json-bad", has: /"settings": \[\]/ },
    { line: "stats", has: /json-1/ },
    { line: "stats --disk", title: "stats --disk", has: /"json-1"[^]*"diskBytes": \d[^]*"diskBytes": null/ },
    { line: "tree json-1", has: /sleep infinity/ },
    { line: "events json-1", has: /"started"/ },
    { line: "logs json-1", has: /"_SYSTEMD_UNIT"/ },
    { line: "security json-1", has: /"closes": \[\n/ },
    { line: "doctor", has: /"failed"/, status: 1 },
    { line: "verify", has: /"line": 3/, status: 2 },
    ...["/etc/demo/one", "/etc/demo/y", "/etc/fstab", "/etc/passwd", "/var/lib/demo", "/bin"].map((path) => ({
      line: `why json-1 ${path}`,
      has: /"reason"/,
    })),
    { line: "diff json-1", has: /"added"/ },
    { line: "diff json-1 --text", has: /"text": "-/ },
    { line: "files json-1", has: /"target": "usr\/bin"/ },
    { line: "files json-1 /etc/demo", has: /"state": "changed"[^]*"state": "added"/ },
  ],
};

const keeping: Situation = {
  title: "what changes, copies and keeps them prints what the page says",
  names: ["json-1", "json-2", "json-3", "json-4"],
  prepare: async () => {
    await create("json-1", "--unit", "demo.service", "--start");
    await create("json-2", "-i", "64M", "--start", "--", "/usr/bin/sleep", "infinity");
    await bed.run("sandboxcontainer", "set", "json-2", "TimeoutStopSec=20");
    await bed.run("sh", "-c", "echo 'sed -i s/=20$/=30/ \"$1\"' >/root/json-editor");
  },
  checks: [
    { line: "copy-to json-1 /etc/hostname /srv", has: /\/srv/ },
    { line: "copy-from json-1 /srv/hostname /root/json-name", has: /"files": 1/ },
    { line: "snapshot json-1 --running before", has: /before/ },
    { line: "snapshots json-1", has: /before/ },
    { line: "stop json-1 json-2", has: /done/ },
    { line: "resize json-2 80M", has: /"before": 67108864/ },
    { line: "restart json-2", has: /done/ },
    { line: "rollback json-1 before", has: /before/ },
    { line: "delete-snapshot json-1 before", has: /before/ },
    { line: "export json-1 /root/json-archive", has: /\/root\/json-archive/ },
    { line: "import /root/json-archive json-3 --dry-run", title: "import --dry-run", has: /"files": \d/ },
    { line: "import /root/json-archive json-3", has: /json-3/ },
    { line: "rename json-3 json-4", has: /json-4/ },
    { line: "clone json-1 json-3 -p 127.0.0.1:8098:80", has: /8098/ },
    { line: "edit json-2", has: /"TimeoutStopSec"/ },
    { line: "delete --force json-4", has: /true/ },
  ],
};

const upgrading: Situation = {
  title: "what follows the host's packages prints what the page says",
  names: ["json-old"],
  prepare: async () => {
    await installPackage(bed, "demo", "1", files);
    await create("json-old", "--unit", "demo.service");
    await bed.run("sh", "-c", "echo two >/var/lib/sandboxcontainer/json-old/root/etc/demo/one");
    await installPackage(bed, "demo", "2", { ...files, "/etc/demo/new": "new\n", "/etc/demo/one": "three\n" });
  },
  checks: [
    { line: "upgrade json-old --dry-run", has: /"note": "/ },
    { line: "upgrade json-old", has: /"conflicts": \[\n *"\/etc\/demo\/one"/, status: 3 },
    { line: "revert json-old /etc/demo/one /etc/demo/two", status: 1, has: /"kept": "\/.*"error": "/s },
  ],
};

const failing: Situation = {
  title: "what fails prints what the page says, and tells why on standard error",
  names: ["json-idle", "json-bad"],
  prepare: async () => {
    await create("json-idle", "--", "/usr/bin/sleep", "infinity");
    await writeBadConf("json-bad");
    const { status, stdout, stderr } = await command("show", "json-idel", "--json");
    assert.deepEqual([status, stderr], [1, "there is no sandbox json-idel. Did you mean `json-idle`?\n"]);
    assert.match(stdout, /"hint": "Did you mean `json-idle`\?"/);
    const wrong = await command("set", "json-idle", "--json", "TimeoutStopSec=never", "Publish=x");
    assert.equal(wrong.status, 2);
    assert.match(wrong.stdout, /"key": "Publish"/);
    assert.match((await command("list", "--json", "surplus")).stdout, /"message": "too many arguments/);
    for (const output of [stdout, wrong.stdout]) assert.deepEqual(findMistakes(readErrorShape(), output), []);
  },
  checks: [
    { line: "start json-bad", status: 1, has: /"error": "/ },
    { line: "reload json-idle", status: 1, has: /"result": "invalid"/ },
    { line: "upgrade json-bad", status: 1, has: /"error": "/ },
  ],
};

const situations = [making, looking, keeping, upgrading, failing];

before(async () => {
  await installPackage(bed, "demo", "1", files);
  await bed.run("systemctl", "daemon-reload");
});

after(async () => {
  await bed.try("sh", "-c", "rm -rf /root/json-*; dpkg --purge demo; systemctl daemon-reload");
});

for (const { title, names, prepare, checks } of situations)
  test(title, async (context) => {
    deleteAfter(context, bed, ...names);
    await prepare?.();
    for (const each of checks) await check(each);
  });

test("the tests above try every verb, but the one that needs SELinux", () => {
  const tried = new Set(situations.flatMap(({ checks }) => checks.map(titleOf)));
  assert.deepEqual(
    [...shapes.keys()].filter((title) => !tried.has(title)),
    ["audit"],
  );
});
