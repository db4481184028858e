import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parseMount } from "../../../../conf/values/mount.ts";
import { parseUnitName } from "../../../../conf/values/values.ts";
import { planInside, writeInside } from "../../../../helpers/run/prepare/inside-files.ts";
import { findRunFolders, type TemporaryFile } from "../../../../helpers/run/prepare/temporary-files.ts";

const offline = { Network: { kind: "none" }, Address: [], Listen: [], Mount: [] } as const;

test("every unit tells the host when it ends, and only services lose their own Restart=", () => {
  const units = planInside({
    ...offline,
    Exec: undefined,
    Unit: ["apache2.service", "tangd.socket"].map(parseUnitName),
  });
  assert.deepEqual(Object.keys(units), [
    "host/resolv.conf",
    "tmpfiles.d/systemd-nologin.conf",
    "systemd/system/sandboxcontainer.target.d/50-units.conf",
    "systemd/system/sandboxcontainer-ready.service.d/50-units.conf",
    "systemd/system/apache2.service.d/zz-sandboxcontainer.conf",
    "systemd/system/tangd.socket.d/zz-sandboxcontainer.conf",
  ]);
  assert.equal(
    units["systemd/system/sandboxcontainer.target.d/50-units.conf"],
    "[Unit]\nWants=apache2.service tangd.socket\nWants=sandboxcontainer-ready.service\n",
  );
  assert.match(
    units["systemd/system/apache2.service.d/zz-sandboxcontainer.conf"] ?? "",
    /OnFailure=sandboxcontainer-ended@%n.service\n[^]*Restart=no/,
  );
  assert.doesNotMatch(units["systemd/system/tangd.socket.d/zz-sandboxcontainer.conf"] ?? "", /Restart=/);
});

// The sandbox ended at once, because nobody had started a unit of that other name.
test("a name with an escape reaches who waits for the units", () => {
  const planned = planInside({ ...offline, Exec: undefined, Unit: [parseUnitName("foo@a\\x2db.service")] });
  assert.match(
    planned["systemd/system/sandboxcontainer.target.d/50-units.conf"] ?? "",
    /^Wants=foo@a\\x2db\.service$/m,
  );
  assert.match(
    planned["systemd/system/sandboxcontainer-ready.service.d/50-units.conf"] ?? "",
    /^Environment="UNITS=foo@a\\{4}x2db\.service"$/m,
  );
});

test("of units that are settled when they are started systemd itself tells the host, bound to all of them", () => {
  const units = planInside(
    { ...offline, Exec: undefined, Unit: ["apache2.service", "nginx.service"].map(parseUnitName) },
    { settled: true },
  );
  assert.match(
    units["systemd/system/sandboxcontainer.target.d/50-units.conf"] ?? "",
    /^Wants=sandboxcontainer-ready.socket$/m,
  );
  assert.equal(
    units["systemd/system/sandboxcontainer-ready.socket.d/50-units.conf"],
    "[Unit]\nBindsTo=apache2.service nginx.service\nAfter=apache2.service nginx.service\n",
  );
});

test("with DHCP every unit waits for the address", () => {
  const planned = planInside({
    Exec: undefined,
    Unit: [parseUnitName("apache2.service")],
    Network: { kind: "libvirt", name: "default" },
    Address: [],
    Listen: [],
    Mount: [],
  });
  assert.match(
    planned["systemd/system/apache2.service.d/40-sandboxcontainer-online.conf"] ?? "",
    /^Requires=sandboxcontainer-online\.service\nAfter=sandboxcontainer-online\.service$/m,
  );
});

test("a command's words are read back by a shell as they are", () => {
  const words = ["/bin/a b", "", "it's", "$HOME `x` \\", "two\nlines"] as const;
  const files = planInside({ ...offline, Unit: [], Exec: { text: "", words } });
  const script = `${files["host/command"] ?? ""}printf '%s\\0' "$@"`;
  const printed = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
  assert.deepEqual(printed.split("\0").slice(0, -1), words);
});

test("what a command's packages want below /run is made before it, and alone when there is something", () => {
  const conf = { ...offline, Unit: [], Exec: { text: "", words: ["/bin/a"] as const } };
  assert.equal(planInside(conf)["host/command"], "set -- '/bin/a'\n");
  const made = { name: "made.conf", folders: [{ path: "made", mode: 0o755 }] };
  const run = (override: string, temporary: readonly TemporaryFile[]): string => {
    const command = planInside(conf, { temporary })["host/command"] ?? "";
    const script = command.replaceAll("/etc/tmpfiles.d", override).replaceAll("systemd-tmpfiles ", "echo tmpfiles ");
    return execFileSync("/bin/sh", ["-c", `${script}echo "run $*"`], { encoding: "utf8" });
  };
  assert.equal(
    run("/none", [{ name: "a.conf" }, { name: "b c.conf" }, made]),
    "tmpfiles --create --boot a.conf b c.conf\nrun /bin/a\n",
  );
  assert.equal(run("/none", [made]), "run /bin/a\n");
  assert.equal(run("/proc", [{ ...made, name: "self" }]), "tmpfiles --create --boot self\nrun /bin/a\n");
});

test("a folder of the sandbox's own that is to be elsewhere is left to the inside", () => {
  const mounts = ["guest-bind:/var/www=/srv/a b", "ram:/x=1M"].map(parseMount);
  const files = planInside({ ...offline, Unit: [], Exec: undefined, Mount: mounts });
  assert.equal(files["host/folders"], "/srv/a b\n/var/www\n");
});

test("files are written with their folders, and there is always one for the host", () => {
  const run = mkdtempSync(join(tmpdir(), "run-"));
  try {
    const folders = [
      { path: "c/d", mode: 0o2750 },
      { path: "c", mode: 0o700 },
    ];
    writeInside(run, process.getuid?.() ?? 0, { "a.service.d/b.conf": "text" }, folders);
    assert.deepEqual(
      ["c/d", "c"].map((folder) => (statSync(join(run, folder)).mode & 0o7777).toString(8)),
      ["2750", "700"],
    );
    assert.ok(statSync(join(run, "host")).isDirectory());
    assert.equal(readFileSync(join(run, "a.service.d/b.conf"), "utf8"), "text");
  } finally {
    rmSync(run, { recursive: true });
  }
});

test("of tmpfiles.d folders of root's below /run are known beforehand, and nothing else is", () => {
  assert.deepEqual(findRunFolders("# why\n\nd /run/a 0750 root root -   -\nD\t/var/run/b-1/c.d/\n"), [
    { path: "a", mode: 0o750 },
    { path: "b-1/c.d", mode: 0o755 },
  ]);
  assert.deepEqual(findRunFolders(""), []);
  const others = [
    "d /run/a 0755 redis -",
    "d /var/lib/a",
    "d /run/%m",
    "d /run/../etc",
    "f /run/a",
    "d! /run/a",
    "d /run",
    "d /run/a ~755",
  ];
  for (const line of others) assert.equal(findRunFolders(`d /run/x\n${line}\n`), undefined, line);
});

test("generators of the packages are named with the units whose wants they make", () => {
  const conf = { ...offline, Exec: undefined, Unit: [parseUnitName("db.service")] };
  const files = planInside(conf, { generators: ["db-generator"] });
  assert.deepEqual([files["host/generators"], files["host/units"]], ["db-generator\n", "db.service\n"]);
  assert.equal(planInside(conf)["host/generators"], undefined);
});
