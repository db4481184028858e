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
  const put = async (path: string, text: string, mode = "0644"): Promise<void> => {
    const script = 'mkdir -p "${1%/*}" && cat >"$1" && chmod "$2" "$1"';
    const { status, stderr } = await bed.feed(text, "sh", "-c", script, "-", `${at}${path}`, mode);
    if (status !== 0) throw new Error(stderr);
  };
  for (const [path, text] of Object.entries(files)) await put(path, text);
  const conffiles = Object.keys(files).filter((path) => path.startsWith("/etc/"));
  await put("/DEBIAN/conffiles", conffiles.map((path) => `${path}\n`).join(""));
  await put(
    "/DEBIAN/control",
    `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: a test <test@localhost>\nDescription: a test\n`,
  );
  await put("/DEBIAN/postinst", `#!/bin/sh\nset -e\n${postinst}\n`, "0755");
  await bed.run("dpkg-deb", "--root-owner-group", "--build", at, `${at}.deb`);
  await bed.run("dpkg", "--force-confnew", "--install", `${at}.deb`);
  await bed.run("rm", "-rf", "/root/build");
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
