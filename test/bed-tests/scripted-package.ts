import assert from "node:assert/strict";
import type { Bed } from "./bed.ts";

/** Installs a package with a maintainer script and a service. The service ends at once if `needs` does not exist. */
export async function installScripted(
  bed: Bed,
  name: string,
  needs: string,
  script: string,
  preinst = "",
): Promise<void> {
  const unit = `[Service]\nExecStartPre=test -s ${needs}\nExecStart=sleep infinity\n`;
  const control = `Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: A Test <test@example.org>\nDescription: a test\n`;
  const build = `set -e; d=$(mktemp -d); mkdir -p $d/DEBIAN $d/etc/${name} $d/usr/lib/systemd/system $d/var/lib/${name}
printf '%s' '${control}' >$d/DEBIAN/control
printf '%s' '${unit}' >$d/usr/lib/systemd/system/${name}.service
cat >$d/DEBIAN/postinst; printf '#!/bin/sh\nset -e\n%s' '${preinst}' >$d/DEBIAN/preinst; chmod 0755 $d/DEBIAN/p*inst
dpkg-deb --root-owner-group --build $d /tmp/${name}.deb >/dev/null; dpkg --install /tmp/${name}.deb >/dev/null 2>&1 || :; systemctl daemon-reload`;
  const { status, stderr } = await bed.feed(`#!/bin/sh\nset -e\n${script}\n`, "sh", "-c", build);
  assert.equal(status, 0, stderr);
}
