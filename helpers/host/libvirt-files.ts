import { readFileSync, rmSync } from "node:fs";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { orMissing } from "./or-missing.ts";

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
/** libvirtd's record of an active network. */
export const networkFile = (network: string): string => `/run/libvirt/network/${network}.xml`;

/** Removes everything that tells libvirtd about a domain. */
export function removeDomainFiles(name: SandboxName): void {
  for (const file of [statusFile(name), pidFile(name), controllerSocket(name)]) rmSync(file, { force: true });
}

/** Whether libvirtd or virtlxcd runs. Their file survives a crash. */
export function isLibvirtRunning(): boolean {
  const pid = orMissing(() => readFileSync(`${folder}/driver.pid`, "utf8"))?.trim() ?? "";
  const name = /^\d+$/.test(pid) ? orMissing(() => readFileSync(`/proc/${pid}/comm`, "utf8")) : undefined;
  return name !== undefined && /^(libvirtd|virtlxcd)/.test(name);
}
