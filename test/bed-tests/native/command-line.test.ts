import assert from "node:assert/strict";
import { test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { oneLine, useCommand } from "../command.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { command } = useCommand(bed);
const { makeSleeper } = useSandboxes(bed);
const tree = (name: string): string => `/var/lib/sandboxcontainer/${name}/root`;

// F11
test("options may follow the names, and what follows a command of execute is the command's", async (t) => {
  await makeSleeper(t, "words", "--start");
  for (const words of [
    ["--json", "words"],
    ["words", "--json"],
    ["words", "-n", "1", "--json"],
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
    const { stdout, stderr } = await command(verb, "words", "--json");
    assert.deepEqual(JSON.parse(stdout), [{ name: "words", result, error: null }], stderr);
  }
  assert.equal((await command("execute", "words", "--", "echo", "--json", "-u")).stdout, "--json -u\n");
  assert.equal((await command("execute", "words", "echo", "--json", "-u")).stdout, "--json -u\n");
});

// F11
test("show tells memory as a person reads it, and stats no limit where none was set", async (t) => {
  await makeSleeper(t, "memory", "--start");
  assert.match(await bed.run("sandboxcontainer", "show", "memory"), /memoryBytes: [\d.]+ [KM]iB$/m);
  const [stats] = JSON.parse(await bed.run("sandboxcontainer", "stats", "--json", "memory")) as {
    memoryMax: unknown;
  }[];
  assert.equal(stats?.memoryMax, null);
});

// F11
test("libvirt's empty folder is in no tree, neither beside what runs nor after a stop", async (t) => {
  await makeSleeper(t, "emptied", "--start");
  const folders = (): Promise<string> => bed.run("find", tree("emptied"), "-maxdepth", "1", "-name", ".oldroot");
  await eventually(async () => {
    assert.equal(await folders(), "");
  });
  assert.doesNotMatch(await bed.run("sandboxcontainer", "diff", "emptied"), /oldroot/);
  await bed.run("sandboxcontainer", "stop", "emptied");
  assert.equal(await folders(), "");
});

test("who stands in a sandbox's root can delete it", async (t) => {
  await makeSleeper(t, "stood");
  const line = "cd /var/lib/sandboxcontainer/stood/root && sandboxcontainer delete --force stood";
  assert.equal(await bed.run("sh", "-c", line), "Deleted stood");
  assert.equal(await bed.run("sh", "-c", "ls -A /var/lib/sandboxcontainer | grep stood; true"), "");
});

// F11
test("delete takes many names, and looks at all before the first one goes", async (t) => {
  await makeSleeper(t, "many1");
  await makeSleeper(t, "many2", "--start");
  const running = await command("delete", "many1", "many2");
  assert.equal(running.status, 1);
  assert.match(running.stderr, /many2 is active/);
  assert.equal((await command("delete", "many1", "none")).status, 1);
  assert.equal((await bed.try("test", "-e", tree("many1"))).status, 0);
  const { status, stdout, stderr } = await command("delete", "many1", "many2", "many1", "--force", "--json");
  assert.equal(status, 0, stderr);
  assert.deepEqual(
    JSON.parse(stdout),
    ["many1", "many2"].map((name) => ({ name, deleted: true, error: null })),
  );
});

// F11
test("a sandbox that cannot be deleted does not keep the others from it", async (t) => {
  for (const name of ["kept", "gone"]) await makeSleeper(t, name);
  // A mount point cannot be removed.
  const conf = "/etc/sandboxcontainer/kept.conf";
  await bed.run("mount", "--bind", conf, conf);
  try {
    const { status, stdout, stderr } = await command("delete", "--force", "kept", "gone");
    assert.deepEqual([status, stdout], [1, "Deleted gone\n"]);
    assert.match(stderr, /kept\.conf/);
  } finally {
    await bed.run("umount", conf);
  }
  assert.deepEqual(await command("delete", "--force", "kept"), { status: 0, stdout: "Deleted kept\n", stderr: "" });
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

test("list fits a narrow terminal, is whole elsewhere, and prints what is asked for", async (t) => {
  await makeSleeper(t, "narrow", "--publish", "127.0.0.1:8139:80", "--start");
  const whole = await bed.run("sandboxcontainer", "list");
  assert.match(whole, /^NAME +STATE +BOOT +LEVEL +MEMORY +PORTS +ADDRESS +SINCE +NEXT +DENIED +NOTES +RUNS$/m);
  for (const columns of [40, 60, 80]) {
    const list = `stty cols ${columns}; NO_COLOR=1 sandboxcontainer list`;
    const { stdout } = await bed.try("timeout", "20", "script", "-qec", list, "/dev/null");
    const lines = stdout.replaceAll("\r", "").trimEnd().split("\n");
    assert.ok(
      lines.every((line) => line.length <= columns),
      stdout,
    );
    assert.ok(
      lines.some((line) => /^narrow +active .*(sleep inf|…)/.test(line)),
      stdout,
    );
  }
  assert.match(
    await bed.run("sandboxcontainer", "list", "-c", "ports,name"),
    /^PORTS +NAME$[^]*^127\.0\.0\.1:8139:80 +narrow$/m,
  );
  assert.match(await bed.run("sandboxcontainer", "list", "--format", "{{NAME}}={{STATE}}"), /^narrow=active$/m);
  oneLine(await command("list", "--format", "{{NMAE}}"), 2, /no column `NMAE`\. Did you mean NAME\?/);
  oneLine(await command("list", "--json", "--columns", "name"), 2, /cannot be combined/);
});
