import { readFileSync, writeFileSync } from "node:fs";

/**
 * Moves a process into this process's own cgroup, in every hierarchy (cgroups(7)); one that cannot be had is passed over.
 * Version 2 has one hierarchy, number 0; version 1 a folder for each, named by its controllers.
 */
export function joinOwnCgroup(pid: number): void {
  for (const line of readFileSync("/proc/self/cgroup", "utf8").trim().split("\n")) {
    const [, controllers = "", path = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    try {
      writeFileSync(`/sys/fs/cgroup/${controllers.replace(/^name=/, "")}${path}/cgroup.procs`, String(pid));
    } catch {
      // Not mounted here, or the process is gone.
    }
  }
}
