import { join } from "node:path";
import { mountsDirectory, stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { memoryOptions, type MountOptions } from "./mount-options.ts";

/** The parts of a container, as folders of `mountsDirectory`. */
export const layers = ["root", "usr", "run", "tmp", "shm"] as const;

/**
 * The mounts of a container in the format of fstab(5): the private tree, the host's /usr read-only, and memory for its
 * /run, /tmp and /dev/shm. All are private. Below a shared mount, anything mounted in the container's root would also
 * appear in the tree on disk.
 */
export function renderFstab(name: SandboxName, options: MountOptions): string {
  const place = (layer: (typeof layers)[number]): string => join(mountsDirectory(name), layer);
  const memory = memoryOptions(options);
  return [
    `${join(stateDirectory(name), "root")} ${place("root")} none bind,private,nodev${options.idMap}`,
    `/usr ${place("usr")} none bind,private,nodev,ro${options.idMap}`,
    `sandboxcontainer ${place("run")} tmpfs ${memory},mode=0755,size=10%`,
    `sandboxcontainer ${place("tmp")} tmpfs ${memory},mode=1777,size=10%`,
    `sandboxcontainer ${place("shm")} tmpfs ${memory},mode=1777,size=10%`,
  ]
    .map((line) => `${line}\n`)
    .join("");
}
