import assert from "node:assert/strict";
import test from "node:test";
import {
  findContent,
  findNamed,
  findSourced,
  hasOwnSteps,
  isData,
  namesData,
} from "../../../../helpers/sandbox/manifest/maintainer-steps.ts";

const automatic = `#!/bin/sh
set -e
case "$1" in
  configure)
    ;;
  abort-upgrade|abort-remove)
    ;;
  *)
    echo "unknown argument" >&2
    exit 1
    ;;
esac
# Automatically added by dh_installsystemd/13
mkdir -p /var/lib/thing
deb-systemd-helper enable thing.service
# End automatically added section
exit 0
`;

test("what debhelper adds, and the frame that every script has, are no steps of the maintainer's", () => {
  assert.equal(hasOwnSteps(automatic), false);
  assert.equal(namesData(automatic), false);
});

test("a step before or after debhelper's is one", () => {
  assert.equal(hasOwnSteps(automatic.replace("exit 0", "chown thing /var/lib/thing\nexit 0")), true);
  assert.equal(hasOwnSteps(automatic.replace("set -e", "set -e\nadduser thing")), true);
  assert.equal(hasOwnSteps(`${automatic}adduser thing\n${automatic}`), true);
  assert.equal(hasOwnSteps(`${automatic}#\n${automatic}`), false);
});

test("a section of debhelper's is from its first line to its last, whatever else looks like these", () => {
  const [begin, end] = ["# Automatically added by dh/13\n", "# End automatically added section\n"];
  const step = "mkdir -p /var/lib/thing\n";
  assert.equal(namesData(`  # Automatically added by hand\n${step}${begin}${end}`), true);
  assert.equal(namesData(`${begin}  ${end}${step}${end}`), false);
  assert.equal(namesData(`${begin}${end.trim()}, almost\n${step}${end}`), false);
});

test("places of data count, those of the package manager, comments and logs do not", () => {
  assert.equal(namesData("mkdir -p /var/lib/mysql\n"), true);
  assert.equal(namesData("install -d /srv/tftp\n"), true);
  assert.equal(namesData("rm -f /var/lib/dpkg/alternatives/x\n# makes /var/lib/mysql\ntouch /var/log/x\n"), false);
  assert.equal(namesData("\t # makes /var/lib/mysql\n"), false);
  assert.equal(namesData("make ${#list} /var/lib/mysql\n"), true);
  for (const name of ["dpkg", "ucf", "apt", "systemd"]) {
    assert.equal(isData(`/var/lib/${name}/registry`), false);
    assert.equal(isData(`/var/lib/${name}ly/registry`), true);
  }
  assert.equal(isData("/var/spool/postfix"), true);
});

test("other content below /var counts too; logs, and what no boot keeps, do not", () => {
  const script = "cp /usr/share/x/index.html /var/www/html/index.html\ntouch /var/log/x\nmkdir /var/run/x /var/tmp/x\n";
  assert.equal(namesData(script), true);
  assert.deepEqual(findContent(script), ["/var/www/html/index.html"]);
  for (const name of ["log", "run", "lock", "tmp", "backups", "crash"])
    assert.deepEqual(
      [namesData(`touch /var/${name}/x\n`), namesData(`touch /var/${name}ger/x\n`)],
      [false, true],
      name,
    );
  assert.equal(namesData("case $x in /variant/x) ;; esac\n"), false);
});

test("steps that stand in another file may name what they like; debconf's library makes nothing", () => {
  const script = '. /usr/share/debconf/confmodule\nif true; then\n  . /usr/share/x/functions\nfi\n. "$unknown"\n';
  assert.deepEqual(findSourced(script), ["/usr/share/x/functions"]);
  const others = ["source\t /usr/share/y", "echo . /usr/share/no", "./usr/share/no", ". /"];
  assert.deepEqual(findSourced(others.join("\n")), ["/usr/share/y"]);
  assert.equal(namesData(script), true);
  assert.equal(namesData(". /usr/share/debconf/confmodule\n"), false);
});

test("paths are found as a script writes them", () => {
  const script = "cp /usr/x /etc/a/ '/etc/c.d/x-1' /etc//b $x/etc/d /etc\n# /etc/comment\n";
  assert.deepEqual(findNamed(script, "/etc/"), ["/etc/a", "/etc/c.d/x-1", "/etc/d"]);
});
