import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { useCommand } from "../command.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const names = ["line1", "line2", "line3"];
const tree = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;

before(async () => {
  for (const name of names) await bed.run("sandboxcontainer", "create", name, "--", "/usr/bin/sleep", "infinity");
  await bed.run("sandboxcontainer", "start", "line1");
});

after(async () => {
  for (const name of names) await command("delete", "--force", name);
});

// F11
test("options may follow the names, and what follows a command of execute is the command's", async () => {
  for (const words of [
    ["--json", "line1"],
    ["line1", "--json"],
    ["line1", "-n", "1", "--json"],
  ]) {
    const { status, stdout, stderr } = await command("logs", ...words);
    assert.equal(status, 0, stderr);
    assert.ok(
      stdout
        .trim()
        .split("\n")
        .every((line) => "MESSAGE" in (JSON.parse(line) as object)),
      words.join(" "),
    );
  }
  for (const [verb, result] of [
    ["stop", "done"],
    ["start", "done"],
  ] as const) {
    const { stdout, stderr } = await command(verb, "line1", "--json");
    assert.deepEqual(JSON.parse(stdout), [{ name: "line1", result, error: null }], stderr);
  }
  assert.equal((await command("execute", "line1", "--", "echo", "--json", "-u")).stdout, "--json -u\n");
  assert.equal((await command("execute", "line1", "echo", "--json", "-u")).stdout, "--json -u\n");
});

// F11
test("show tells memory as a person reads it, and stats no limit where none was set", async () => {
  assert.match(await bed.run("sandboxcontainer", "show", "line1"), /memoryBytes: [\d.]+ [KM]iB$/m);
  const [stats] = JSON.parse(await bed.run("sandboxcontainer", "stats", "--json", "line1")) as { memoryMax: unknown }[];
  assert.equal(stats?.memoryMax, null);
});

// F11
test("libvirt's empty folder is in no tree, neither beside what runs nor after a stop", async () => {
  const folders = (): Promise<string> => bed.run("find", tree("line1"), "-maxdepth", "1", "-name", ".oldroot");
  await eventually(async () => {
    assert.equal(await folders(), "");
  });
  assert.doesNotMatch(await bed.run("sandboxcontainer", "diff", "line1"), /oldroot/);
  await bed.run("sandboxcontainer", "stop", "line1");
  assert.equal(await folders(), "");
});

// F11
test("delete takes many names, and looks at all before the first one goes", async () => {
  await bed.run("sandboxcontainer", "start", "line3");
  const running = await command("delete", "line2", "line3");
  assert.equal(running.status, 1);
  assert.match(running.stderr, /line3 is active/);
  assert.equal((await command("delete", "line2", "none")).status, 1);
  assert.equal((await bed.try("test", "-e", tree("line2"))).status, 0);
  const { status, stdout, stderr } = await command("delete", "line2", "line3", "line2", "--force", "--json");
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    JSON.parse(stdout),
    ["line2", "line3"].map((name) => ({ name, deleted: true, error: null })),
  );
});

// F11
test("a sandbox that cannot be deleted does not keep the others from it", async () => {
  for (const name of ["line2", "line3"])
    await bed.run("sandboxcontainer", "create", name, "--", "/usr/bin/sleep", "infinity");
  // A mount point cannot be removed.
  const conf = "/etc/sandboxcontainer/line2.conf";
  await bed.run("mount", "--bind", conf, conf);
  try {
    const { status, stdout, stderr } = await command("delete", "line2", "line3");
    assert.deepEqual([status, stdout], [1, "Deleted line3\n"]);
    assert.match(stderr, /line2\.conf/);
  } finally {
    await bed.run("umount", conf);
  }
  assert.deepEqual(await command("delete", "line2"), { status: 0, stdout: "Deleted line2\n", stderr: "" });
});

// F11
test("the help lists the verbs in groups, each of them once", async () => {
  const help = await bed.run("sandboxcontainer", "--help");
  const groups = [...help.matchAll(/^([A-Z][a-z ]+):$/gm)].map(([, title]) => title);
  assert.ok(groups.length > 6, groups.join());
  assert.match(help, /^Run:\n {2}start .*\n {2}stop /m);
  for (const verb of ["create", "delete", "logs", "upgrade", "doctor", "help"])
    assert.equal(help.match(new RegExp(`^ {2}${verb} `, "gm"))?.length, 1, verb);
});
