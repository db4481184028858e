import { findLack } from "../../host/walls/apparmor.ts";
import { type Check, failed, noLimits, ok, warning } from "./check.ts";

const number = (text: string | undefined): number => Number(text ?? Number.NaN);

/**
 * Under SELinux and AppArmor a process enters a sandbox with lsm_set_self_attr(2), which Linux has since 6.8
 * (inside/filter).
 */
export const checkLinux: Check = ({ read, exists }) => {
  const release = read("/proc/sys/kernel/osrelease")?.trim() ?? "";
  const [major = 0, minor = 0] = release.split(".").map((part) => parseInt(part, 10));
  const isNew = major > 6 || (major === 6 && minor >= 8);
  if (isNew || (!exists("/sys/fs/selinux/enforce") && findLack(read)?.isDisabled === true)) return ok("Linux", release);
  return failed(
    "Linux",
    `${release} is too old to enter a sandbox under SELinux or AppArmor`,
    "Boot Linux 6.8 or later",
  );
};

export const checkCgroup: Check = (host) =>
  host.exists("/sys/fs/cgroup/cgroup.controllers")
    ? ok("cgroup", "version 2")
    : noLimits(
        "cgroup",
        host,
        "version 1: machined does not work with it",
        "Boot with systemd.unified_cgroup_hierarchy=1",
      );

export const checkUserNamespaces: Check = ({ read, exists }) => {
  if (!exists("/proc/self/ns/user"))
    return failed(
      "user namespaces",
      "the kernel does not support them",
      "Use a kernel with CONFIG_USER_NS, or set UserNamespace=no in the conf's [Security] section",
    );
  const most = number(read("/proc/sys/user/max_user_namespaces"));
  if (most === 0)
    return failed("user namespaces", "user.max_user_namespaces is 0", "sysctl -w user.max_user_namespaces=15000");
  return ok("user namespaces", `up to ${most}`);
};

// Mounts in the same way as attach. In its own mount namespace it would need more rights than our policy gives.
const tryMount = `set -e
install -d -m 0711 /run/sandboxcontainer
at=$(mktemp -d /run/sandboxcontainer/.doctor-XXXXXX)
trap 'umount "$at" 2>/dev/null; rmdir "$at"' EXIT
mount -o bind,private,ro,X-mount.idmap=0:524288:65536 "$1" "$at"
stat -c %u "$at"`;

/**
 * Checks that a mount can have other owners than its file system (mount_setattr(2)). Tries it on each file system that
 * has roots or folders of the host for sandboxes.
 */
export const checkIdmappedMounts: Check = async ({ run, exists, sandboxes }) => {
  const folder = exists("/var/lib/sandboxcontainer") ? "/var/lib/sandboxcontainer" : "/var/lib";
  const folders = [folder, ...sandboxes.mapped];
  for (const each of folders) {
    const owner = await run("sh", "-c", tryMount, "sh", each);
    if (owner?.trim() === "524288") continue;
    const type = (await run("stat", "--file-system", "--format=%T", each)) ?? "unknown";
    return failed(
      "idmapped mounts",
      `do not work on the file system of ${each} (${type.trim()})`,
      `Put ${each === folder ? "/var/lib" : each} on ext4, xfs or btrfs, or set UserNamespace=no in the conf's [Security] section`,
    );
  }
  return ok("idmapped mounts", `work on the file system of ${folders.join(", ")}`);
};

// These limits hold for the whole machine or for root, and all sandboxes share them (see SECURITY.md).
const least: readonly (readonly [string, number])[] = [
  ["fs.aio-max-nr", 1_048_576],
  ["fs.inotify.max_user_instances", 1024],
  ["fs.inotify.max_user_watches", 65_536],
];

export const checkLimits: Check = ({ read }) => {
  const low = least.filter(([key, value]) => number(read(`/proc/sys/${key.replaceAll(".", "/")}`)) < value);
  if (low.length === 0) return ok("kernel limits", "high enough for many sandboxes");
  const fix = `sysctl -w ${low.map(([key, value]) => `${key}=${value}`).join(" ")}`;
  return warning(
    "kernel limits",
    `too low for many sandboxes, which share them: ${low.map(([key]) => key).join(", ")}`,
    fix,
  );
};
