import { readFileSync } from "node:fs";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { findContainerGroup } from "./cgroup.ts";
import { findControllerPid } from "./find-controller.ts";
import { orMissing } from "./or-missing.ts";
import { writeFile } from "./write-file.ts";

/** Where a cgroup is frozen, and what to write there. */
export interface Freezer {
  readonly file: string;
  readonly freeze: string;
  readonly thaw: string;
  readonly state: string;
  readonly isFrozen: (text: string) => boolean;
}

/**
 * Finds where the cgroup of a container is frozen, from the cgroups of its controller (proc_pid_cgroup(5)), version 1 or 2.
 */
export function findFreezer(cgroups: string): Freezer | undefined {
  // Root inside may move processes, even PID 1, into cgroups below the container's. The container's own cgroup contains
  // all of them.
  const folderOf = (line: RegExp): string | undefined =>
    findContainerGroup((line.exec(cgroups)?.[1] ?? "").replace(/\/init\.scope$/, ""));
  const first = folderOf(/^\d+:freezer:(\/.+)$/m);
  if (first !== undefined) {
    const file = `/sys/fs/cgroup/freezer${first}/freezer.state`;
    return { file, freeze: "FROZEN", thaw: "THAWED", state: file, isFrozen: (text) => text.trim() === "FROZEN" };
  }
  const second = folderOf(/^0::(\/.+)$/m);
  if (second === undefined) return undefined;
  const folder = `/sys/fs/cgroup${second}`;
  return {
    file: `${folder}/cgroup.freeze`,
    freeze: "1",
    thaw: "0",
    state: `${folder}/cgroup.events`,
    isFrozen: (text) => /^frozen 1$/m.test(text),
  };
}

/**
 * The cgroups of a container's controller. Not those of PID 1, which may have gone down so far that the kernel cannot name them
 * (ENAMETOOLONG). Undefined if it has just ended.
 */
export const readGroups = (controller: number): string | undefined =>
  orMissing(() => readFileSync(`/proc/${controller}/cgroup`, "utf8"));

/** Thaws a sandbox that somebody has frozen, as `virsh suspend` does: frozen processes take no signal. */
export function thawSuspended(name: SandboxName): void {
  const controller = findControllerPid(name);
  const freezer = findFreezer((controller === undefined ? undefined : readGroups(controller)) ?? "");
  if (freezer === undefined) return;
  orMissing(() => {
    if (readFileSync(freezer.file, "utf8").trim() !== freezer.thaw) writeFile(freezer.file, freezer.thaw);
  });
}
