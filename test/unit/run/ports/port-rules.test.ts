import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseSubnet } from "../../../../conf/values/network.ts";
import type { Link } from "../../../../helpers/run/ports/plan-ports.ts";
import { renderPorts } from "../../../../helpers/run/ports/port-rules.ts";
import { confOf } from "../../conf/conf-of.ts";

const link: Link = {
  device: "sp-web",
  mac: "06:5b:6a:1f:0e:5c",
  addresses: [
    { host: parseSubnet("198.18.0.41/30"), sandbox: parseSubnet("198.18.0.42/30") },
    { host: parseSubnet("fd12:0:0:a::1/126"), sandbox: parseSubnet("fd12:0:0:a::2/126") },
  ],
  isSecond: false,
};

const rules = (...lines: readonly string[]) =>
  renderPorts(confOf(`[Sandbox]\nUnit=a.service\n[Network]\n${lines.join("\n")}\n`), link);

/** The elements of a text of nft commands, each of which does the same. */
const elements = (verb: string, text: string): readonly string[] =>
  text
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const start = `${verb} element inet sandboxcontainer `;
      assert.ok(line.startsWith(start), line);
      return line.slice(start.length);
    });
const opened = (...lines: readonly string[]): readonly string[] => elements("add", rules(...lines).open);

const own = [
  'own4 { "sp-web" . 198.18.0.42 }',
  'own6 { "sp-web" . fd12:0:0:a::2 }',
  'own6 { "sp-web" . fe80::45b:6aff:fe1f:e5c }',
];
const ends = ["ends4 { 198.18.0.42 }", "ends6 { fd12:0:0:a::2 }"];

test("a link may send as its addresses, and as the one that the kernel makes of its MAC address", () => {
  assert.deepEqual(elements("add", rules("Publish=80:80").link), [...own, ...ends]);
});

test("its packets are counted if the sandbox stops when it is idle", () => {
  const { link: before, open } = rules("OnDemand=yes", "IdleStopSec=10min", "Publish=80:80");
  const lines = before.split("\n").filter((line) => line.includes("count"));
  assert.deepEqual(lines, [
    "add counter inet sandboxcontainer sp-web",
    'add element inet sandboxcontainer counted { "sp-web" : "sp-web" }',
  ]);
  assert.doesNotMatch(open, /count/);
  assert.doesNotMatch(rules("OnDemand=yes", "Publish=80:80").link, /count/);
});

test("a port without an address is one of both families", () => {
  assert.deepEqual(opened("Publish=8080:80"), [
    "ports4 { tcp . 8080 : 198.18.0.42 . 80 }",
    "ports6 { tcp . 8080 : fd12:0:0:a::2 . 80 }",
  ]);
});

test("a port of an address is one of its family, and the unspecified address is any", () => {
  assert.deepEqual(opened("Publish=192.0.2.7:8080:80"), ["at4 { 192.0.2.7 . tcp . 8080 : 198.18.0.42 . 80 }"]);
  assert.deepEqual(opened("Publish=[2001:db8::7]:53:53/udp"), [
    "at6 { 2001:db8::7 . udp . 53 : fd12:0:0:a::2 . 53 }",
    "datagrams-at6 { 2001:db8::7 . 53 }",
  ]);
  assert.deepEqual(opened("Publish=0.0.0.0:8080:80"), ["ports4 { tcp . 8080 : 198.18.0.42 . 80 }"]);
  assert.deepEqual(opened("Publish=[::]:8080:80"), ["ports6 { tcp . 8080 : fd12:0:0:a::2 . 80 }"]);
});

test("a range has an element for each port", () => {
  assert.deepEqual(opened("Publish=0.0.0.0:8080-8082:80-82/udp"), [
    ...["ports4 { udp . 8080 : 198.18.0.42 . 80 }", "datagrams4 { 8080 }"],
    ...["ports4 { udp . 8081 : 198.18.0.42 . 81 }", "datagrams4 { 8081 }"],
    ...["ports4 { udp . 8082 : 198.18.0.42 . 82 }", "datagrams4 { 8082 }"],
  ]);
  assert.equal(opened("Publish=1-1000:1-1000").length, 2000);
});

test("what a proxy passes on is no business of the kernel's", () => {
  assert.deepEqual(opened("Publish=0.0.0.0:80:80", "Publish=127.0.0.1:81:81", "Publish=82:82,proxy-protocol"), [
    "ports4 { tcp . 80 : 198.18.0.42 . 80 }",
  ]);
});

test("on demand proxies of the host may connect to the ports of TCP, each of which is told once", () => {
  const { link: before } = rules("OnDemand=yes", "Publish=80:80", "Publish=192.0.2.7:81:80", "Publish=53:53/udp");
  assert.deepEqual(elements("add", before).slice(own.length + ends.length), [
    "proxied4 { 198.18.0.42 . 80 }",
    "proxied6 { fd12:0:0:a::2 . 80 }",
  ]);
});

// A stop of one took the datagrams of the other.
test("two sandboxes with the same port at two addresses, or in two families, have no element in common", () => {
  for (const [one, other] of [
    ["192.0.2.7:53:53/udp", "192.0.2.8:53:53/udp"],
    ["0.0.0.0:53:53/udp", "[::]:53:53/udp"],
    ["192.0.2.7:53:53/udp", "[2001:db8::7]:53:53/udp"],
  ] as const) {
    const both = [...opened(`Publish=${one}`), ...opened(`Publish=${other}`)];
    assert.equal(both.length, 4);
    assert.equal(new Set(both).size, 4);
  }
});

test("shutting deletes all that open adds, and leaves the link", () => {
  const { open, shut } = rules("OnDemand=yes", "Publish=80-89:80-89", "Publish=192.0.2.7:53:53/udp");
  const added = elements("add", open);
  const commands = shut.split("\n").filter(Boolean);
  assert.deepEqual(elements("add", commands.slice(0, added.length).join("\n")), added);
  assert.deepEqual(elements("delete", commands.slice(added.length).join("\n")), added);
});

test("closing deletes all that link and open add, and nothing else", () => {
  for (const lines of [
    ["Publish=80:80"],
    ["OnDemand=yes", "Publish=80-89:80-89", "Publish=192.0.2.7:90:80", "Publish=53:53/udp"],
  ]) {
    const { link: before, open, close } = rules(...lines);
    const added = elements("add", before + open);
    const commands = close.split("\n").filter(Boolean);
    assert.deepEqual(elements("delete", commands.slice(added.length).join("\n")), added);
    // Somebody may have removed the elements already, and the deletion of one that is not there fails.
    assert.deepEqual(elements("add", commands.slice(0, added.length).join("\n")), added);
    assert.equal(new Set(added).size, added.length);
  }
});

const nft = spawnSync("sh", ["-c", "unshare --net nft list ruleset"]);

test("nft takes them, twice, and takes them away", { skip: nft.status !== 0 && "no nft, or no root" }, () => {
  const base = readFileSync(join(import.meta.dirname, "../../../../units/ports.nft"), "utf8");
  const lines = ["OnDemand=yes", "IdleStopSec=10", "Publish=80-89:80-89", "Publish=192.0.2.7:90:80"];
  const { link: before, open, shut, close } = rules(...lines, "Publish=[2001:db8::7]:53:53/udp");
  const load = (...files: readonly string[]): string => {
    const ends = files.map((_, index) => `nft -f ${index}.nft`).join(" && ");
    const folder = mkdtempSync(join(tmpdir(), "ports-"));
    for (const [index, text] of files.entries()) writeFileSync(join(folder, `${index}.nft`), text);
    const { stdout, stderr } = spawnSync("unshare", ["--net", "sh", "-c", `${ends} && nft list ruleset`], {
      cwd: folder,
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    assert.equal(stderr, "");
    return stdout;
  };
  const empty = load(base);
  const opened = load(base + before, base + before + open);
  for (const element of ["tcp . 89 : 198.18.0.42 . 89", "192.0.2.7 . tcp . 90 :", '"sp-web" . fd12:0:0:a::2'])
    assert.ok(opened.includes(element), element);
  assert.equal(load(base + before + open, base + before + open), opened);
  assert.equal(load(base + before + open, shut), load(base + before));
  assert.equal(load(base + before + open, close), empty);
  // As after a start that failed, and after a firewall that removed all elements.
  assert.equal(load(base + before, close), empty);
  assert.equal(load(base, close), empty);
});
