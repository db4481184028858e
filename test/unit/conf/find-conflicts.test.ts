import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSandboxName } from "../../../base/sandbox-name.ts";
import { findConflicts } from "../../../conf/find-conflicts.ts";
import { mergeConf } from "../../../conf/merge-conf.ts";
import { parseConf } from "../../../conf/parse-conf.ts";
import { mergeText } from "./conf-of.ts";

function load(name: string, more: string) {
  const merged = mergeText(`[Sandbox]\nUnit=apache2.service\n[Network]\n${more}\n`, name);
  return { name: parseSandboxName(name), path: merged.conf.path, ...merged };
}

test("each of two that publish one port is told the other", () => {
  const conflicts = findConflicts([
    load("a", "Publish=80:80"),
    load("b", "Publish=127.0.0.1:80:81"),
    load("c", "Publish=81:80"),
  ]);
  assert.deepEqual([...conflicts.keys()], ["a", "b"]);
  assert.equal(
    conflicts.values().next().value?.[0]?.message,
    "/etc/sandboxcontainer/a.conf:4: Publish=: port 80 of the host is also published by sandbox b (/etc/sandboxcontainer/b.conf:4)",
  );
});

test("an address belongs to one sandbox of a network, and to others of other networks", () => {
  const conflicts = findConflicts([
    load("a", "Network=lab\nAddress=192.0.2.7/24"),
    load("b", "Network=lab\nAddress=192.0.2.8/24\nAddress=192.0.2.7/25"),
    load("c", "Network=other\nAddress=192.0.2.7/24"),
  ]);
  assert.deepEqual([...conflicts.keys()], ["a", "b"]);
  assert.equal(
    conflicts.values().next().value?.[0]?.message,
    "/etc/sandboxcontainer/a.conf:5: Address=: 192.0.2.7 in lab is also the address of sandbox b (/etc/sandboxcontainer/b.conf:6)",
  );
});

test("a MAC address belongs to one sandbox of a network", () => {
  const mac = "MacAddress=52:54:00:aa:bb:cc";
  const conflicts = findConflicts([
    load("a", `Network=lab\n${mac}`),
    load("b", `Network=lab\n${mac}`),
    load("c", `Network=other\n${mac}`),
  ]);
  assert.deepEqual([...conflicts.keys()], ["a", "b"]);
});

test("an address of the defaults is no address of sandboxes without an interface", () => {
  const defaults = parseConf("[Network]\nAddress=192.0.2.7/24\n", "/etc/sandboxcontainer/defaults.conf.d/a.conf");
  const [one, other] = ["a", "b"].map((word) => {
    const [name, path] = [parseSandboxName(word), `/etc/sandboxcontainer/${word}.conf`];
    return {
      name,
      path,
      ...mergeConf(name, path, [defaults, parseConf("[Sandbox]\nExec=/usr/bin/true\n", path)], new Set()),
    };
  });
  assert.ok(one !== undefined && other !== undefined);
  assert.deepEqual(one.errors, []);
  assert.equal(findConflicts([one, other]).size, 0);
});

test("a socket that is passed on takes its port as a published one does, of its protocol and address only", () => {
  const rivals = (one: string, other: string): number => findConflicts([load("a", one), load("b", other)]).size;
  assert.equal(rivals("Listen=80", "Publish=80:80"), 2);
  assert.equal(rivals("Listen=80", "Listen=127.0.0.1:80"), 2);
  assert.equal(rivals("Listen=80/udp", "Publish=80:80"), 0);
  assert.equal(rivals("Publish=127.0.0.1:80:80", "Publish=127.0.0.2:80:80"), 0);
});

test("ranges meet in a port, and that is told once for each line", () => {
  const conflicts = findConflicts([
    load("a", "Publish=6000-6999:6000-6999"),
    load("b", "Publish=6100-6999:6100-6999\nPublish=5999:80"),
    load("c", "Publish=6500-6600:6500-6600/udp"),
  ]);
  assert.deepEqual(
    [...conflicts].map(([name, errors]) => [name, errors.map(({ message }) => message)]),
    [
      [
        "a",
        [
          "/etc/sandboxcontainer/a.conf:4: Publish=: port 6100 of the host is also published by sandbox b (/etc/sandboxcontainer/b.conf:4)",
        ],
      ],
      [
        "b",
        [
          "/etc/sandboxcontainer/b.conf:4: Publish=: port 6100 of the host is also published by sandbox a (/etc/sandboxcontainer/a.conf:4)",
        ],
      ],
    ],
  );
});

test("ids and levels belong to one sandbox", () => {
  const rivals = (one: string, other: string) =>
    findConflicts([load("a", `[Security]\n${one}`), load("b", `[Security]\n${other}`)]);
  assert.match(
    rivals("Level=s0:c1,c2", "Level=s0:c2,c1").values().next().value?.[0]?.message ?? "",
    /a\.conf:5: Level=: s0:c1,c2 is also that of sandbox b \(.*b\.conf:5\)/,
  );
  assert.equal(rivals("HostIds=524288", "HostIds=524288").size, 2);
  assert.equal(rivals("HostIds=524288", "HostIds=589824").size, 0);
});

test("everything is told at once, and a sandbox is no rival of itself", () => {
  const conflicts = findConflicts([
    load("a", "Publish=80:80\nPublish=81:80\nPublish=82:80"),
    load("b", "Publish=80:80\nListen=81"),
  ]);
  assert.deepEqual(
    [...conflicts.values()].map(({ length }) => length),
    [2, 2],
  );
});

test("what one sandbox wants is told in the order of its conf, whoever else wants it", () => {
  const conflicts = findConflicts([
    load("a", "Publish=81:80"),
    load("b", "Publish=80:80\nPublish=81:80"),
    load("c", "Publish=80:80"),
  ]);
  assert.deepEqual(
    conflicts.get(parseSandboxName("b"))?.map(({ line }) => line),
    [4, 5],
  );
});

test("a conf that is wrong anyway takes no port from others", () => {
  assert.equal(findConflicts([load("a", "Publish=80:80"), load("b", "Publish=80:80\nNonsense=1")]).size, 0);
});

test("a thousand sandboxes on ports of their own have no conflict", () => {
  const many = Array.from({ length: 1000 }, (_, index) => load(`s${index}`, `Publish=${10_000 + index}:80`));
  assert.equal(findConflicts(many).size, 0);
});
