import { readFileSync, rmSync } from "node:fs";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { orMissing } from "./or-missing.ts";

const folder = "/run/libvirt/lxc";

/** What libvirtd keeps of a running domain: removed when it forgets the domain, and read again when libvirtd starts. */
export const statusFile = (name: SandboxName): string => `${folder}/${name}.xml`;
/** The number of the domain's controller. */
export const pidFile = (name: SandboxName): string => `${folder}/${name}.pid`;
/** A controller that was killed leaves it. */
export const controllerSocket = (name: SandboxName): string => `${folder}/${name}.sock`;
/** Empty folders that libvirt leaves: it mounts what a container has of its own there. */
export const mountPoints = (name: SandboxName): readonly string[] =>
  ["dev", "devpts", "fuse"].map((what) => `${folder}/${name}.${what}`);
/** What libvirtd knows of an active network. */
export const networkFile = (network: string): string => `/run/libvirt/network/${network}.xml`;

/** Takes away all that libvirtd would find of a domain. */
export function removeDomainFiles(name: SandboxName): void {
  for (const file of [statusFile(name), pidFile(name), controllerSocket(name)]) rmSync(file, { force: true });
}

/** Whether libvirtd or virtlxcd runs: its file outlives a crash. */
export function isLibvirtRunning(): boolean {
  const pid = orMissing(() => readFileSync(`${folder}/driver.pid`, "utf8"))?.trim() ?? "";
  const name = /^\d+$/.test(pid) ? orMissing(() => readFileSync(`/proc/${pid}/comm`, "utf8")) : undefined;
  return name !== undefined && /^(libvirtd|virtlxcd)/.test(name);
}
