import { join } from "node:path";
import { mountsDirectory, stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import type { Bind, NewMount } from "../../host/mounts.ts";
import { memoryMount, type MountOptions } from "./mount-options.ts";

/** The parts of a container, as folders of `mountsDirectory`. */
export const layers = ["root", "usr", "run", "tmp", "shm"] as const;

/**
 * The mounts of a container: the private tree, the host's /usr read-only, and memory for its /run, /tmp and /dev/shm. All
 * are private. Below a shared mount, anything mounted in the container's root would also appear in the tree on disk.
 */
export function planLayers(
  name: SandboxName,
  options: MountOptions,
): { readonly trees: readonly Bind[]; readonly memory: readonly NewMount[] } {
  const place = (layer: (typeof layers)[number]): string => join(mountsDirectory(name), layer);
  const { ids } = options;
  const memory = (layer: (typeof layers)[number], mode: string): NewMount =>
    memoryMount(options, place(layer), { mode, size: "10%" });
  return {
    trees: [
      { from: join(stateDirectory(name), "root"), to: place("root"), flags: ["nodev"], isPrivate: true, ids },
      { from: "/usr", to: place("usr"), flags: ["nodev", "ro"], isPrivate: true, ids },
    ],
    memory: [memory("run", "0755"), memory("tmp", "1777"), memory("shm", "1777")],
  };
}
