import assert from "node:assert/strict";
import test from "node:test";
import { findSourced, hasOwnSteps, isData, namesData } from "../../../../helpers/sandbox/manifest/maintainer-script.ts";

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
});

test("places of data count, those of the package manager, comments and logs do not", () => {
  assert.equal(namesData("mkdir -p /var/lib/mysql\n"), true);
  assert.equal(namesData("install -d /srv/tftp\n"), true);
  assert.equal(namesData("rm -f /var/lib/dpkg/alternatives/x\n# makes /var/lib/mysql\ntouch /var/log/x\n"), false);
  assert.equal(isData("/var/lib/ucf/registry"), false);
  assert.equal(isData("/var/spool/postfix"), true);
});

test("steps that stand in another file may name what they like; debconf's library makes nothing", () => {
  const script = '. /usr/share/debconf/confmodule\nif true; then\n  . /usr/share/x/functions\nfi\n. "$unknown"\n';
  assert.deepEqual(findSourced(script), ["/usr/share/x/functions"]);
  assert.equal(namesData(script), true);
  assert.equal(namesData(". /usr/share/debconf/confmodule\n"), false);
});
