import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually, useBed } from "../bed.ts";
import { deleteAfter } from "../delete-after.ts";
import { findMistakes, readShapes } from "../../json-shapes.ts";

const bed = useBed("native");
const sandboxcontainer = (...words: readonly string[]) => bed.run("sandboxcontainer", ...words);
const parse = async (...words: readonly string[]): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  JSON.parse(await sandboxcontainer(...words, "--json")) as readonly Readonly<Record<string, unknown>>[];

// This process name would clear the terminal.
const hostile = "exec -a \"$(printf '\\033[2J')evil\" sleep infinity";

// Runs top on a terminal until it shows the sandbox.
const watchTop = `script -qefc 'sandboxcontainer top' /root/top >/dev/null &
until grep -q ^busy /root/top; do sleep 0.1; done
kill $!; cat /root/top; rm /root/top`;

before(async () => {
  await sandboxcontainer("create", "busy", "--", "/bin/bash", "-c", `(${hostile}) & while :; do :; done`);
  await sandboxcontainer("create", "web", "--unit", "apache2.service");
  await bed.run("sh", "-c", "systemctl start sandbox@busy sandbox@web >/root/out 2>&1");
});

after(async () => {
  for (const name of ["busy", "web"]) await bed.try("sandboxcontainer", "delete", "--force", name);
});

test("stats tells who keeps a processor busy", async () => {
  const rows = await parse("stats");
  const share = (name: string): number => Number(rows.find((row) => row["name"] === name)?.["cpuPercent"]);
  const told = `busy has ${share("busy")} %, web ${share("web")} %`;
  assert.ok(share("busy") > 2 && share("busy") > share("web"), told);
  assert.match(await sandboxcontainer("stats", "busy"), /^NAME.*\nbusy .*\d+\.\d MiB|KiB/);
});

test("stats goes on every second, and ends with its reader or when it is told to", async () => {
  const follow = "timeout 60 sandboxcontainer stats --follow --json";
  const shape = readShapes().get("stats");
  assert.ok(shape);
  const output = await bed.run("bash", "-c", `${follow} | head -n 3; echo "\${PIPESTATUS[0]}"`);
  const [first = "", second = "", third = "", status] = output.split("\n");
  assert.equal(status, "0");
  for (const line of [first, second, third]) assert.deepEqual(findMistakes(shape, line), []);
  assert.match(third, /"name":"busy".*"name":"web"/);
  assert.match(
    await bed.run("sh", "-c", "timeout 60 sandboxcontainer stats -f busy | head -n 6"),
    /^(NAME.*\nbusy .*\n\n?){2}$/,
  );
  const ended = await bed.try("timeout", "--preserve-status", "3", "sandboxcontainer", "stats", "-f", "busy");
  assert.equal(ended.status, 143);
});

test("top is for a terminal", async () => {
  assert.equal((await bed.try("sandboxcontainer", "top")).status, 2);
  const { stdout } = await bed.try("timeout", "120", "sh", "-c", watchTop);
  assert.match(stdout, /NAME.*\r\nbusy/);
});

test("tree shows the processes of a sandbox alone, with no character that a terminal obeys", async () => {
  const lines = (await sandboxcontainer("tree", "busy")).split("\n");
  assert.equal(lines.length, 4, lines.join("\n"));
  assert.match(lines.at(-1) ?? "", /\\u\{1b\}\[2Jevil infinity$/);
  const processes = await parse("tree", "web");
  assert.equal(processes[0]?.["insidePid"], 1);
  assert.ok(processes.some(({ user, command }) => user === 33 && String(command).includes("apache2")));
});

test("logs has what systemd said of a sandbox and what was said inside, and takes journalctl's options", async () => {
  await sandboxcontainer("execute", "web", "--", "logger", "said inside");
  await eventually(async () => {
    const text = await sandboxcontainer("logs", "web", "--no-pager", "--output=cat");
    assert.match(text, /^Started sandbox@web\.service[^]*: said inside$/m);
    assert.match(text, /^Finished sandbox-root@web\.service/m);
    assert.doesNotMatch(text, /@busy/);
  });
  assert.match(
    await sandboxcontainer("logs", "web", "-n", "1", "--grep=said inside", "--output=cat"),
    /^[^\n]*said inside$/,
  );
  assert.equal((await bed.try("sandboxcontainer", "logs", "web", "--nonsense")).status, 1);
});

test("events tells what happened, also to who waits for it", async (context) => {
  deleteAfter(context, bed, "falls");
  await sandboxcontainer("create", "falls", "--start", "--", "/usr/bin/sleep", "infinity");
  await bed.run("sh", "-c", "timeout 120 sandboxcontainer events --follow --json falls >/root/events 2>&1 &");
  // From then on journalctl misses nothing.
  await eventually(() => bed.run("sh", "-c", "ls -l /proc/$(pgrep -f '[j]ournalctl.*--follow')/fd | grep inotify"));
  await bed.run("systemctl", "kill", "--signal=KILL", "--kill-whom=main", "sandbox@falls");
  await eventually(async () => {
    assert.match(await bed.run("cat", "/root/events"), /"event":"failed","result":"signal"/);
  });
  assert.match(await sandboxcontainer("events", "busy"), /busy {2}started/);
  assert.doesNotMatch(await sandboxcontainer("events", "busy"), /web|falls/);
  const left = await bed.run("bash", "-c", 'timeout 120 sandboxcontainer events | true; echo "${PIPESTATUS[0]}"');
  assert.equal(left, "0", "a reader that goes ends it");
});

test("events tells what the command did, in order, and nobody else can say such a thing", async (context) => {
  for (const name of ["made", "named"]) deleteAfter(context, bed, name);
  const since = await bed.run("date", "+@%s");
  await sandboxcontainer("create", "made", "--start", "--", "/usr/bin/sleep", "infinity");
  await sandboxcontainer("set", "made", "MemoryMax=1G");
  await sandboxcontainer("set", "made", "MemoryMax=1G");
  const forged = "printf 'MESSAGE=x\\nSANDBOX=made\\nSANDBOX_EVENT=deleted\\n'";
  await bed.run("sh", "-c", `${forged} | setpriv --reuid=33 --clear-groups logger --journald`);
  await sandboxcontainer("execute", "made", "--", "sh", "-c", `${forged} | tee /dev/console | logger --journald`);
  await bed.run("systemctl", "stop", "sandbox@made");
  await sandboxcontainer("rename", "made", "named");
  assert.match(await bed.journal("-u", "sandbox@made"), /^Changed MemoryMax= of sandbox made$/m);
  const output = await sandboxcontainer("events", "--json", `--since=${since}`);
  const all = output.trim().split("\n");
  const events = all.map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
  const told = events.flatMap(({ name, event, was }) => ([name, was].includes("made") ? [event] : []));
  assert.deepEqual(told, ["created", "starting", "started", "changed", "stopping", "stopped", "renamed"]);
  assert.match(await sandboxcontainer("events", "named"), /^.* {2}named {2}renamed \(was made\)$/m);
});

test("show tells what is in effect and where it was written", async () => {
  const text = await sandboxcontainer("show", "web");
  assert.match(text, /\[Sandbox\] Unit=apache2\.service +\/etc\/sandboxcontainer\/web\.conf:3/);
  assert.match(text, /\[Security\] Label=none +\/etc\/sandboxcontainer\/defaults\.conf\.d\/native-bed\.conf:3/);
  assert.match(text, /\[Network\] Network=none +default/);
});

test("security compares a unit alone with the same in its sandbox", async () => {
  const [judgement] = await parse("security", "web");
  assert.equal(judgement?.["unit"], "apache2.service");
  assert.ok(Number(judgement["sandboxed"]) < Number(judgement["alone"]) - 3);
  assert.match(
    await sandboxcontainer("security", "busy"),
    /a network of its own +Service has access to the host's network/,
  );
});

test("each of them knows the nearest name", async () => {
  for (const verb of ["stats", "tree", "events", "security"]) {
    const { status, stderr } = await bed.try("sandboxcontainer", verb, "bussy");
    assert.equal(status, 1, verb);
    assert.match(stderr, /there is no sandbox bussy\. Did you mean `busy`\?/);
  }
});

test("a shell completes verbs, names, units, snapshots, settings and networks", async () => {
  const complete = async (...words: readonly string[]): Promise<string> => {
    const script = `. /usr/share/bash-completion/completions/sandboxcontainer; shift 0; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _sandboxcontainer; echo "\${COMPREPLY[*]}"`;
    return bed.run("bash", "-c", script, "bash", "sandboxcontainer", ...words);
  };
  assert.match(await complete("sta"), /\bstart\b/);
  assert.equal(await complete("show", "bu"), "busy");
  assert.match(await complete("create", "x", "--unit", "apache2.s"), /apache2\.service/);
  await bed.run("sandboxcontainer", "snapshot", "--running", "busy", "kept");
  assert.equal(await complete("rollback", "busy", "k"), "kept");
  assert.equal(await complete("set", "busy", "MemoryMa"), "MemoryMax=");
  // bash splits a word at `=` and replaces what is behind it.
  assert.equal(await complete("set", "busy", "OnDemand", "="), "yes no");
  assert.equal(await complete("set", "busy", "Network", "=", "no"), "none");
  assert.match(await complete("create", "x", "--network", ""), /\bnone host\b/);
});
