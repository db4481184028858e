import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parseMetrics, type ReadFamily } from "../../unit/command/metrics/parse-metrics.ts";
import { eventually, useBed } from "../bed.ts";
import { useSandboxes } from "../sandbox.ts";

const bed = useBed("native");
const { make } = useSandboxes(bed);
const sandboxcontainer = (...words: readonly string[]) => bed.run("sandboxcontainer", ...words);
const folder = "/var/lib/prometheus/node-exporter";
const file = `${folder}/sandboxcontainer.prom`;

const scrape = async (...words: readonly string[]): Promise<readonly ReadFamily[]> =>
  parseMetrics(`${await sandboxcontainer("stats", "--openmetrics", ...words)}\n`, "openmetrics");

/** The value of a sample; undefined without it. */
function valueOf(
  families: readonly ReadFamily[],
  name: string,
  labels: Readonly<Record<string, string>>,
): number | undefined {
  const samples = families
    .flatMap((family) => family.samples)
    .filter((each) => each.name === `sandboxcontainer_${name}`);
  return samples.find((each) => Object.entries(labels).every(([key, value]) => each.labels[key] === value))?.value;
}

const stateOf = (families: readonly ReadFamily[], name: string): string | undefined =>
  families
    .find((family) => family.name === "sandboxcontainer_state")
    ?.samples.find(({ labels, value }) => labels["name"] === name && value === 1)?.labels["state"];

before(async () => {
  // As on a host with that package: a user owns the folder above.
  await bed.run("sh", "-c", `mkdir -p ${folder} && chown 65534:65534 ${folder}/..`);
  await sandboxcontainer("create", "page", "--unit", "apache2.service", "--publish", "8087:80", "--imagesize", "256M");
  await sandboxcontainer("create", "rest", "--", "/usr/bin/sleep", "infinity");
  await bed.run("systemctl", "start", "sandbox@page");
});

after(async () => {
  await bed.try("systemctl", "disable", "--now", "sandboxcontainer-metrics.timer");
  for (const name of ["page", "rest"]) await bed.try("sandboxcontainer", "delete", "--force", name);
  await bed.try("rm", "-rf", "/var/lib/prometheus");
});

test("a running sandbox has its usage, its links, its image and its snapshots, and a stopped one its state", async () => {
  await sandboxcontainer("snapshot", "--running", "page", "kept");
  await bed.run("sh", "-c", "for i in 1 2 3 4 5; do curl -sf http://127.0.0.1:8087/; done");
  const families = await scrape();
  assert.deepEqual([stateOf(families, "page"), stateOf(families, "rest")], ["active", "inactive"]);
  const page = (name: string, labels = {}) => valueOf(families, name, { name: "page", ...labels }) ?? NaN;
  // Without version 2 of cgroups, nothing counts the tasks here.
  assert.ok(page("cpu_seconds_total") > 0 && page("memory_bytes") > 1e6);
  const now = Number(await bed.run("date", "+%s.%N"));
  const age = now - page("start_time_seconds");
  assert.ok(age > 0 && age < 1800, `it began ${age} s ago`);
  // Apache's page has 10 kB.
  assert.ok(page("network_transmit_bytes_total", { device: "sp-page" }) > 50_000);
  assert.ok(page("network_receive_bytes_total", { device: "sp-page" }) < 50_000);
  assert.ok(page("disk_used_bytes") > 1e6 && page("disk_size_bytes") > 2e8 && page("disk_size_bytes") < 3e8);
  assert.equal(page("snapshots"), 1);
  assert.ok(now - page("snapshot_newest_timestamp_seconds") < 1800);
  for (const name of [
    "outdated_packages",
    "outdated_files",
    "conflicts",
    "conf_error",
    "conf_changed",
    "restarts_total",
  ])
    assert.equal(page(name), 0, name);
  assert.equal(valueOf(families, "cpu_seconds_total", { name: "rest" }), undefined);
  assert.equal(valueOf(families, "disk_used_bytes", { name: "rest" }), undefined);
  const version = (await sandboxcontainer("--version")).trim();
  assert.equal(valueOf(families, "build_info", { version }), 1);
});

test("with names it tells of these alone, and with --disk of roots without an image too", async () => {
  await bed.run("systemctl", "start", "sandbox-root@rest");
  const families = await scrape("--disk", "rest");
  const named = families.flatMap(({ samples }) => samples.flatMap(({ labels }) => labels["name"] ?? []));
  assert.deepEqual([...new Set(named)], ["rest"]);
  assert.ok((valueOf(families, "disk_used_bytes", { name: "rest" }) ?? 0) > 10_000);
});

test("what a person or a failure changes shows, and a bad conf keeps its state", async (t) => {
  await make(t, "falls", "--set", "Restart=always", "--", "/usr/bin/sleep", "infinity");
  await bed.run("systemctl", "start", "sandbox@falls");
  await bed.run("systemctl", "kill", "--signal=KILL", "--kill-whom=main", "sandbox@falls");
  await eventually(async () => {
    const families = await scrape("falls");
    assert.equal(stateOf(families, "falls"), "active");
    assert.equal(valueOf(families, "restarts_total", { name: "falls" }), 1);
  });
  await sandboxcontainer("set", "falls", "TimeoutStopSec=7s", "Publish=127.0.0.1:8088:80");
  assert.equal(valueOf(await scrape("falls"), "conf_changed", { name: "falls" }), 1);
  await bed.run("sh", "-c", "echo nonsense >>/etc/sandboxcontainer/falls.conf");
  const families = await scrape();
  assert.equal(valueOf(families, "conf_error", { name: "falls" }), 1);
  assert.equal(stateOf(families, "falls"), "active");
  assert.ok((valueOf(families, "memory_bytes", { name: "falls" }) ?? 0) > 0);
  assert.equal(stateOf(families, "page"), "active");
});

test("a damaged record, manifest or state of one sandbox hides nothing of the others", async (t) => {
  await make(t, "broken", "--start", "--", "/usr/bin/sleep", "infinity");
  const state = "/var/lib/sandboxcontainer/broken";
  await bed.run(
    "sh",
    "-c",
    `for file in ${state}/*.json /run/sandboxcontainer/broken/run.json; do echo '{' >$file; done`,
  );
  const { status, stdout } = await bed.try("sandboxcontainer", "stats", "--openmetrics");
  assert.equal(status, 0);
  const families = parseMetrics(stdout, "openmetrics");
  assert.equal(stateOf(families, "broken"), "active");
  assert.equal(valueOf(families, "unconfined", { name: "broken" }), 1, "nothing says any more what it has");
  assert.equal(stateOf(families, "page"), "active");
});

test("a sandbox that starts and stops all the time never makes a scrape fail", async (t) => {
  await make(t, "blinks", "--", "/usr/bin/sleep", "infinity");
  const blink = "for i in 1 2 3 4 5 6; do systemctl start sandbox@blinks; systemctl stop sandbox@blinks; done";
  const looking = async (): Promise<void> => {
    for (let i = 0; i < 20; i++) assert.notEqual(stateOf(await scrape(), "blinks"), undefined);
  };
  await Promise.all([bed.run("sh", "-c", blink), looking()]);
});

test("what cannot be combined, no folder, a link to one, and another name are refused in words", async () => {
  const refused: readonly (readonly [words: readonly string[], status: number, said: RegExp])[] = [
    [["--openmetrics", "--json"], 2, /cannot be combined/],
    [["--openmetrics", "--follow"], 2, /cannot be combined/],
    [["--openmetrics", "--textfile", file], 2, /cannot be combined/],
    [["--textfile", `${folder}/sandboxes`], 2, /does not end in \.prom/],
    [["--textfile", "/nowhere/a.prom"], 1, /\/nowhere does not exist.*node_exporter/],
    [["--textfile", "/root/link/a.prom"], 1, /is not a folder.*name the folder/],
  ];
  await bed.run("ln", "-sfn", folder, "/root/link");
  for (const [words, status, said] of refused) {
    const ran = await bed.try("sandboxcontainer", "stats", ...words);
    if (words.includes("--json")) assert.match(ran.stdout, /"errors"/);
    assert.equal(ran.status, status, words.join(" "));
    assert.match(ran.stderr.replaceAll("\n", " "), said);
  }
  await bed.run("rm", "/root/link");
  assert.equal(await bed.run("ls", "-A", folder), "");
});

test("one process reads all sandboxes, and follows them", async () => {
  const count = async (command: string): Promise<readonly string[]> => {
    const trace = `timeout 60 strace -f -qq -e trace=execve -e status=successful -o /root/trace ${command}`;
    await bed.run("bash", "-c", `${trace} >/dev/null; :`);
    const text = await bed.run("cat", "/root/trace");
    return [...text.matchAll(/execve\("([^"]+)"/g)].map(([, path = ""]) => path.split("/").at(-1) ?? "").sort();
  };
  const starts = ["sandboxcontainer", "runtime"];
  assert.deepEqual(await count("sandboxcontainer stats --openmetrics"), ["dpkg-query", "nft", ...starts].sort());
  assert.deepEqual(await count("timeout 4 sandboxcontainer stats --follow --json"), ["timeout", ...starts].sort());
});

test("the timer writes the file for node_exporter, by itself and again and again, and logs nothing", async () => {
  const since = await bed.run("date", "+@%s");
  await bed.run("systemctl", "enable", "--now", "sandboxcontainer-metrics.timer");
  const written = () => bed.run("stat", "--format=%Y %a %U", file);
  const first = await eventually(written);
  assert.match(first, /^\d+ 644 root$/);
  parseMetrics(await bed.run("cat", file).then((text) => `${text}\n`), "prometheus");
  await eventually(async () => {
    assert.notEqual(await written(), first);
  });
  assert.equal(await bed.run("ls", "-A", folder), "sandboxcontainer.prom");
  assert.equal(await bed.journal("-u", "sandboxcontainer-metrics.service", `--since=${since}`), "");
});

test("the service says why it cannot write, and a drop-in names another folder", async () => {
  const [unit, dropIn] = ["sandboxcontainer-metrics.service", "/run/systemd/system/sandboxcontainer-metrics.service.d"];
  const other =
    "[Service]\nEnvironment=SANDBOXCONTAINER_TEXTFILE=/srv/textfile/here.prom\nReadWritePaths=-/srv/textfile\n";
  await bed.feed(other, "sh", "-c", `mkdir -p ${dropIn} && cat >${dropIn}/folder.conf && systemctl daemon-reload`);
  try {
    assert.equal((await bed.try("systemctl", "start", unit)).status, 1);
    assert.match(await bed.journal("-u", unit), /\/srv\/textfile does not exist/);
    await bed.run("mkdir", "-p", "/srv/textfile");
    await bed.run("systemctl", "start", unit);
    assert.match(
      await bed.run("cat", "/srv/textfile/here.prom"),
      /^sandboxcontainer_state\{name="page",state="active"\} 1$/m,
    );
  } finally {
    await bed.run(
      "sh",
      "-c",
      `rm -rf ${dropIn} /srv/textfile; systemctl daemon-reload; systemctl reset-failed ${unit}`,
    );
  }
});
