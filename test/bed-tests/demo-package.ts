import type { Bed } from "./bed.ts";

/** Builds a Debian package in the bed, with these files as conffiles where they are in /etc, and installs it. */
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

/** The unit of a service that does nothing. */
export const idleUnit = "[Service]\nExecStart=/usr/bin/sleep infinity\nStateDirectory=demo\n";
