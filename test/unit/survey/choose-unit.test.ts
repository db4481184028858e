import assert from "node:assert/strict";
import { test } from "node:test";
import { chooseUnit } from "../../survey.d/choose-unit.ts";

const started = "[Install]\nWantedBy=multi-user.target\n";

function choose(units: Readonly<Record<string, string>>, scripts: Readonly<Record<string, string>> = {}): unknown {
  return chooseUnit("web-server", {
    units: new Map(Object.entries(units)),
    scripts: new Map(Object.entries(scripts)),
  });
}

test("the unit with the name of the package comes first, then services, then sockets", () => {
  assert.deepEqual(choose({ "a.service": started, "web.service": started }), { unit: "web.service" });
  assert.deepEqual(choose({ "a.socket": started, "b.service": started }), { unit: "b.service" });
  assert.deepEqual(choose({ "a.service": "[Service]\nExecStart=/usr/sbin/a\n", "a.socket": started }), {
    unit: "a.socket",
  });
});

test("without a unit a script counts if it is started in an ordinary runlevel", () => {
  assert.deepEqual(choose({}, { old: "# Default-Start:     2 3 4 5\n" }), { unit: "old.service" });
  assert.deepEqual(choose({}, { old: "# Default-Start: S\n" }), { leftOut: "nothing starts it at boot" });
  assert.deepEqual(choose({}), { leftOut: "no service" });
});

test("a script that names a device of the machine is left out, but not one that names a null device or a comment", () => {
  const start = "# Default-Start: 2 3\n";
  for (const named of ["/dev/ttyS0", "/dev/tty$TTY", "/dev/net/tun"])
    assert.deepEqual(choose({}, { old: `${start}DEVICE=${named}\n` }), { leftOut: "hardware" });
  const text = `${start}# writes to /dev/sda\nx >/dev/null 2>/dev/stderr; exec 3<>/dev/tcp/x/1\n`;
  assert.deepEqual(choose({}, { old: text }), { unit: "old.service" });
});

test("a unit's own words leave out what is no service", () => {
  const words: readonly (readonly [string, string])[] = [
    ["runs once, and stays no service", "[Service]\nType=oneshot"],
    ["boot", "[Unit]\nDefaultDependencies=no"],
    ["boot", "[Unit]\nBefore=nss-lookup.target \\\n sysinit.target"],
    ["desktop", "[Unit]\nAfter=display-manager.service"],
    ["login", "[Service]\nTTYPath=/dev/tty7"],
    ["hardware", "[Unit]\nBindsTo=dev-ttyS0.device"],
    ["hardware", "[Service]\nExecStart=/usr/sbin/x --line=/dev/ttyUSB0"],
    ["hardware", "[Unit]\nConditionPathExists=/sys/class/net/can0"],
    ["kernel", "[Service]\nExecStartPre=-/sbin/modprobe nbd"],
    ["kernel", "[Service]\nCapabilityBoundingSet=CAP_NET_ADMIN CAP_SYS_TIME"],
  ];
  for (const [leftOut, text] of words) assert.deepEqual(choose({ "x.service": `${text}\n${started}` }), { leftOut });
});

test("what a unit takes back, excludes or only orders itself after does not leave it out", () => {
  for (const text of [
    "[Service]\nType=oneshot\nType=\nType=simple",
    "[Unit]\nConditionPathExists=!/dev/kvm",
    "[Service]\nCapabilityBoundingSet=~CAP_SYS_TIME",
    "[Unit]\nAfter=network-online.target\n# DefaultDependencies=no",
  ])
    assert.deepEqual(choose({ "x.service": `${text}\n${started}` }), { unit: "x.service" });
});
