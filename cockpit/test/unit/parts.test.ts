import assert from "node:assert/strict";
import test from "node:test";
import { emptyWish, splitCommand, toArguments } from "../../src/create/to-arguments.ts";
import type { Setting, TreeProcess } from "../../src/host/types.ts";
import { urlOf } from "../../src/parts/url-of.ts";
import { assignments, splitValues } from "../../src/sandbox/assignments.ts";
import { drawLine } from "../../src/sandbox/draw-line.ts";
import { pairUp } from "../../src/sandbox/pair-up.ts";
import { withDepth } from "../../src/sandbox/with-depth.ts";

test("a port leads to the address it is published on, else to the host of the page", () => {
  const port = { address: null, port: 8081, inside: 80, protocol: "tcp" } as const;
  assert.equal(urlOf(port, "host.example"), "http://host.example:8081/");
  assert.equal(urlOf({ ...port, inside: 443 }, "host.example"), "https://host.example:8081/");
  assert.equal(urlOf({ ...port, address: "10.0.0.1" }, "host.example"), "http://10.0.0.1:8081/");
  assert.equal(urlOf({ ...port, address: "fd00::1" }, "host.example"), "http://[fd00::1]:8081/");
  assert.equal(urlOf({ ...port, address: "::" }, "::1"), "http://[::1]:8081/");
});

test("a form becomes the words of the command", () => {
  const wish = { ...emptyWish, name: "web1", unit: "apache2.service", ports: "8081:80\n\n 8443:443 ", memory: " 1G" };
  assert.deepEqual(toArguments({ ...wish, enables: true }, "make"), [
    ...["create", "web1", "--unit", "apache2.service", "--publish", "8081:80", "--publish", "8443:443"],
    ...["--set", "MemoryMax=1G", "--enable"],
  ]);
  assert.deepEqual(toArguments({ ...emptyWish, name: "x", kind: "command", command: "sleep 'a b'" }, "look"), [
    ...["create", "x", "--dry-run", "--", "sleep", "a b"],
  ]);
});

test("quotes keep the spaces of a command", () => {
  assert.deepEqual(splitCommand(`  a "b  c" d'e f'g ''`), ["a", "b  c", "de fg", ""]);
});

test("a setting becomes assignments", () => {
  const setting = { section: "Network", key: "Publish", repeats: true, values: [] as Setting["values"] } as Setting;
  assert.deepEqual(assignments(setting, "80:80\n\n 81:80", "web1"), [
    ...["Network.Publish=", "Network.Publish+=80:80", "Network.Publish+=81:80"],
  ]);
  assert.deepEqual(assignments({ ...setting, repeats: false }, "", "web1"), ["Network.Publish="]);
});

// An empty assignment would clear what other files say as well.
test("a setting of which other files have values changes only its own", () => {
  const values = [
    { value: "80:80", origin: "/etc/sandboxcontainer/web1.conf:3" },
    { value: "79:80", origin: "/etc/sandboxcontainer/defaults.conf:2" },
  ];
  const setting = { section: "Network", key: "Publish", repeats: true, values } as unknown as Setting;
  assert.deepEqual(assignments(setting, "80:80", "web1"), []);
  assert.deepEqual(assignments(setting, "", "web1"), ["Network.Publish-=80:80"]);
  assert.deepEqual(assignments(setting, "81:80", "web1"), ["Network.Publish-=80:80", "Network.Publish+=81:80"]);
});

test("the lines of a difference are beside each other", () => {
  assert.deepEqual(pairUp("--- a\n+++ b\n@@ -1,3 +1,2 @@\n same\n-one\n-two\n+three\n"), [
    { left: "@@ -1,3 +1,2 @@", right: "@@ -1,3 +1,2 @@" },
    { left: "same", right: "same" },
    { left: "one", right: "three" },
    { left: "two", right: undefined },
  ]);
});

test("a line that looks like a heading is none", () => {
  assert.deepEqual(pairUp("--- a\n+++ b\n@@ -1 +1 @@\n--- old comment\n+++ i\n"), [
    { left: "@@ -1 +1 @@", right: "@@ -1 +1 @@" },
    { left: "-- old comment", right: "++ i" },
  ]);
});

test("of a setting that repeats only the own conf's values are edited", () => {
  const values = [
    { value: "80:80", origin: "/etc/sandboxcontainer/web1.conf:3" },
    { value: "81:80", origin: "/etc/sandboxcontainer/web1.conf.d/more.conf:2" },
  ];
  const setting = { section: "Network", key: "Publish", repeats: true, values } as unknown as Setting;
  assert.deepEqual(splitValues(setting, "web1"), { own: ["80:80"], others: [values[1]] });
  assert.deepEqual(splitValues({ ...setting, repeats: false }, "web1"), { own: ["80:80", "81:80"], others: [] });
  const fallback = { ...setting, repeats: false, values: [{ value: "1", origin: "default" }] };
  assert.deepEqual(splitValues(fallback, "web1"), { own: [], others: [] });
});

test("the latest value is at the right, and the highest at the top", () => {
  assert.equal(drawLine([0, 50, null], 100, 3), "0.0,60.0 150.0,30.0 300.0,60.0");
  assert.equal(drawLine([200], 100, 3), "300.0,0.0");
});

test("a process is one deeper than its parent", () => {
  const process = (pid: number, parent: number) => ({ pid, parent }) as TreeProcess;
  assert.deepEqual(
    withDepth([process(1, 0), process(2, 1), process(3, 2), process(4, 1)]).map(({ depth }) => depth),
    [0, 1, 2, 1],
  );
});
