import { readFileSync, rmSync } from "node:fs";
import { orMissing, readIfPossible } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";

const folder = "/run/libvirt/lxc";

/**
 * libvirtd's record of a running domain. libvirtd removes it when it forgets the domain, and reads it again when it
 * starts.
 */
export const statusFile = (name: SandboxName): string => `${folder}/${name}.xml`;
/** Holds the process id of the domain's controller. */
export const pidFile = (name: SandboxName): string => `${folder}/${name}.pid`;
/** A killed controller leaves this socket behind. */
export const controllerSocket = (name: SandboxName): string => `${folder}/${name}.sock`;
/** Empty folders that libvirt leaves behind. libvirt mounts the container's own file systems there. */
export const mountPoints = (name: SandboxName): readonly string[] =>
  ["dev", "devpts", "fuse"].map((what) => `${folder}/${name}.${what}`);
/** The log of the domain's controller. */
const logFile = (name: SandboxName): string => `/var/log/libvirt/lxc/${name}.log`;
/** libvirtd's record of an active network. */
export const networkFile = (network: string): string => `/run/libvirt/network/${network}.xml`;

/** Removes everything that tells libvirtd about a domain. */
export function removeDomainFiles(name: SandboxName): void {
  for (const file of [statusFile(name), pidFile(name), controllerSocket(name)]) rmSync(file, { force: true });
}

/**
 * Says why a container could not be started. libvirt quotes the log of its controller, but not one that begins with a long
 * command line: ours has the filter of system calls. Then this is the reason in that log; otherwise libvirt's words.
 */
export function findReason(name: SandboxName, said: string, read = readIfPossible): string {
  if (!said.includes("Out of space while reading log output")) return said;
  const log = read(logFile(name)) ?? "";
  const last = log.slice(log.lastIndexOf(": starting up"));
  return /^Failure in libvirt_lxc startup: (.+)$/m.exec(last)?.[1] ?? said;
}

/** Whether libvirtd or virtlxcd runs. Their file survives a crash. */
export function isLibvirtRunning(): boolean {
  const pid = orMissing(() => readFileSync(`${folder}/driver.pid`, "utf8"))?.trim() ?? "";
  const name = /^\d+$/.test(pid) ? orMissing(() => readFileSync(`/proc/${pid}/comm`, "utf8")) : undefined;
  return name !== undefined && /^(libvirtd|virtlxcd)/.test(name);
}
