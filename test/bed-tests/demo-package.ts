import type { Bed } from "./bed.ts";

/** Builds a Debian package in the bed and installs it. The files in /etc are its conffiles. */
export async function installPackage(
  bed: Bed,
  name: string,
  version: string,
  files: Readonly<Record<string, string>>,
  postinst = "",
): Promise<void> {
  const at = `/root/build/${name}`;
  await bed.run("rm", "-rf", at);
  const conffiles = Object.keys(files).filter((path) => path.startsWith("/etc/"));
  const all = {
    ...files,
    "/DEBIAN/conffiles": conffiles.map((path) => `${path}\n`).join(""),
    "/DEBIAN/control": `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: a test <test@localhost>\nDescription: a test\n`,
    "/DEBIAN/postinst": `#!/bin/sh\nset -e\n${postinst}\n`,
  };
  // One program writes them all, because each command in a bed takes a while.
  const write = `import json, os, sys
for path, text in json.load(sys.stdin).items():
    path = "${at}" + path
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file: file.write(text)
    os.chmod(path, 0o755 if path.endswith("/DEBIAN/postinst") else 0o644)`;
  const { status, stderr } = await bed.feed(JSON.stringify(all), "python3", "-c", write);
  if (status !== 0) throw new Error(stderr);
  const install = `dpkg-deb --root-owner-group --build ${at} ${at}.deb && dpkg --force-confnew --install ${at}.deb`;
  await bed.run("sh", "-c", `${install} && rm -rf /root/build`);
}

/** Builds the rpms of a spec file in the bed, and installs them beside Debian's own packages. */
export async function installRpms(bed: Bed, name: string, spec: string): Promise<void> {
  const top = "/root/rpmbuild";
  await bed.run("rm", "-rf", top);
  const { status, stderr } = await bed.feed(
    spec,
    "sh",
    "-c",
    `mkdir -p ${top}/SPECS && cat >${top}/SPECS/${name}.spec`,
  );
  if (status !== 0) throw new Error(stderr);
  await bed.run("rpmbuild", "--quiet", "-bb", "--define", `_topdir ${top}`, `${top}/SPECS/${name}.spec`);
  // rpm does not know Debian's packages, which are in the other database.
  await bed.run("sh", "-c", `rpm --upgrade --nodeps ${top}/RPMS/*/*.rpm`);
  await bed.run("rm", "-rf", top);
}

/** A unit whose service does nothing. */
export const idleUnit = "[Service]\nExecStart=/usr/bin/sleep infinity\nStateDirectory=demo\n";
