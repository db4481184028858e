import { describeCommand, isBroken } from "../../sandbox/hold/unfinished.ts";
import { type Check, failed, noLimits, ok, warning } from "./check.ts";

const generator = "/usr/lib/systemd/system-generators/sandboxcontainer-generator";

/** Checks that systemd runs the generator and has read the confs in their present form. */
export const checkGenerator: Check = ({ exists, sandboxes }) => {
  if (!exists(generator)) return failed("generator", `${generator} is missing`, "Install sandboxcontainer again");
  const stale = sandboxes.stale;
  if (stale.length === 0) return ok("generator", "in place, and its units match the confs");
  return warning("generator", `confs changed since systemd read them: ${stale.join(", ")}`, "systemctl daemon-reload");
};

export const checkConfs: Check = ({ sandboxes }) => {
  const [first, ...more] = sandboxes.confErrors;
  if (first === undefined) return ok("confs", `${sandboxes.names.length} without errors`);
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return failed("confs", `${first}${others}`, "sandboxcontainer verify");
};

/** Checks that no root has lost its conf, as when a conf is renamed by hand. */
export const checkOrphans: Check = ({ sandboxes: { orphans } }) => {
  const [first] = orphans;
  if (first === undefined) return ok("roots", "each has a conf");
  const renamed = orphans.find(({ followers }) => followers.length > 0);
  if (renamed !== undefined)
    return failed(
      "roots",
      `${renamed.followers[0]} has no root, and ${renamed.name}, made from the same conf, has no conf any more`,
      `If the conf was renamed, let the root follow: sandboxcontainer rename ${renamed.name} ${renamed.followers[0]}`,
    );
  return warning(
    "roots",
    `these have no conf: ${orphans.map(({ name }) => name).join(", ")}`,
    `Put back /etc/sandboxcontainer/${first.name}.conf, or delete the root: sandboxcontainer delete ${first.name}`,
  );
};

/** Checks that the host still has what the sandboxes run. */
export const checkUnits: Check = ({ sandboxes: { uninstalled } }) => {
  const [first, ...more] = uninstalled;
  if (first === undefined) return ok("units", "all that the sandboxes run is installed");
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  return failed("units", `${first}${others}`, "Install it again. More: sandboxcontainer verify");
};

/** Checks that killed commands left nothing. */
export const checkLeftovers: Check = ({ sandboxes: { leftovers } }) => {
  const { paths, unfinished, frozen } = leftovers;
  const tidy = "systemctl start sandboxcontainer-tidy";
  if (frozen.length > 0)
    return failed("leftovers", `killed commands left these sandboxes frozen: ${frozen.join(", ")}`, tidy);
  const [first] = unfinished.filter(({ left }) => isBroken(left.task));
  if (first !== undefined)
    return failed(
      "leftovers",
      `sandbox ${first.name} is incomplete: \`${describeCommand(first.left)}\` was killed`,
      `Run it again, or delete the sandbox: sandboxcontainer delete ${first.name}`,
    );
  if (paths.length + unfinished.length === 0) return ok("leftovers", "killed commands left nothing behind");
  const left = [...paths, ...unfinished.map(({ left }) => `a note of \`${describeCommand(left)}\``)];
  return warning("leftovers", `killed commands left this behind: ${left.join(", ")}`, tidy);
};

// systemd's UIDS-GIDS document reserves these ids for containers, in ranges of 65,536. Levels are pairs of 1024
// categories.
const allRanges = 28_671 - 8 + 1;
const allLevels = (1024 * 1023) / 2;

export const checkIdentities: Check = ({ sandboxes: { idRanges, levels, shared } }) => {
  if (shared.length > 0)
    return warning(
      "identities",
      shared.join("; "),
      "For ids or a level: when both run, the second gets others. Else delete one",
    );
  const free = `${allRanges - idRanges} ranges of ids, ${allLevels - levels} levels free`;
  const isScarce = idRanges > allRanges * 0.9 || levels > allLevels * 0.9;
  return isScarce
    ? warning("identities", free, "Delete sandboxes that you do not need: sandboxcontainer list")
    : ok("identities", free);
};

const mebibyte = 2 ** 20;

export const checkDisk: Check = ({ exists, space }) => {
  const folder = exists("/var/lib/sandboxcontainer") ? "/var/lib/sandboxcontainer" : "/var/lib";
  const found = space(folder);
  if (found === undefined) return warning("disk", `the free space in ${folder} is unknown`, `df -h ${folder}`);
  const free = `${Math.floor(found.free / mebibyte)} MiB free in ${folder}`;
  if (found.free < 64 * mebibyte) return failed("disk", free, `du -xh ${folder} | sort -h | tail`);
  if (found.free < found.total / 20) return warning("disk", free, `du -xh ${folder} | sort -h | tail`);
  return ok("disk", free);
};

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
