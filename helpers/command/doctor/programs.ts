import { type Check, failed, noLimits, ok, warning } from "./check.ts";

const leastSystemd = 254;
const leastUtilLinux = [2, 39] as const;

export const checkSystemd: Check = async ({ run }) => {
  const version = Number(/^systemd (\d+)/.exec((await run("systemctl", "--version")) ?? "")?.[1] ?? 0);
  if (version >= leastSystemd) return ok("systemd", String(version));
  return failed(
    "systemd",
    version === 0 ? "not found" : `${version} is too old`,
    `Install systemd ${leastSystemd} or later`,
  );
};

export const checkUtilLinux: Check = async ({ run }) => {
  const text = (await run("mount", "--version")) ?? "";
  const [, version = "", major = "0", minor = "0"] = /util-linux ((\d+)\.(\d+)\S*)/.exec(text) ?? [];
  const [leastMajor, leastMinor] = leastUtilLinux;
  const isEnough = Number(major) > leastMajor || (Number(major) === leastMajor && Number(minor) >= leastMinor);
  if (isEnough) return ok("util-linux", version);
  return failed(
    "util-linux",
    version === "" ? "not found" : `${version} is too old`,
    "Install util-linux 2.39 or later",
  );
};

export const checkAttr: Check = async ({ run }) => {
  const [, version] = /^setfattr (\S+)/.exec((await run("setfattr", "--version")) ?? "") ?? [];
  if (version !== undefined) return ok("attr", version);
  return warning(
    "attr",
    "setfattr is not installed, so import restores no ACLs and no attributes",
    "apt-get install attr",
  );
};

export const checkLibvirt: Check = async ({ run, exists }) => {
  if ((await run("virsh", "--version")) === undefined)
    return failed("libvirt", "virsh is not installed", "apt-get install libvirt-clients libvirt-daemon-driver-lxc");
  const version = await run("virsh", "--connect", "lxc:///system", "version");
  if (version !== undefined)
    return ok("libvirt", `${/library: libvirt (\S+)/.exec(version)?.[1] ?? ""}, its LXC driver answers`.trim());
  const hasDriver = ["lib", "lib64", "lib/x86_64-linux-gnu", "lib/aarch64-linux-gnu"].some((folder) =>
    exists(`/usr/${folder}/libvirt/connection-driver/libvirt_driver_lxc.so`),
  );
  return hasDriver
    ? failed(
        "libvirt",
        "its LXC driver does not answer",
        "systemctl enable --now libvirtd.socket; systemctl status libvirtd",
      )
    : failed("libvirt", "its LXC driver is not installed", "apt-get install libvirt-daemon-driver-lxc");
};

export const checkMachined: Check = async (host) => {
  if (!host.exists("/usr/share/dbus-1/system-services/org.freedesktop.machine1.service"))
    return noLimits("machined", host, "not installed, and makes no scopes", "apt-get install systemd-container");
  if ((await host.run("machinectl", "--no-pager", "list")) !== undefined) return ok("machined", "answers");
  return noLimits("machined", host, "does not answer, and makes no scopes", "systemctl status systemd-machined");
};
