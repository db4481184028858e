import { rmdirSync } from "node:fs";
import { join } from "node:path";
import { mountsDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { runQuick } from "../../host/run-quick.ts";

const layers = ["root", "usr", "run", "tmp", "shm"];

/**
 * Unmounts on the host everything that has its own mount inside by now. libvirt takes all mounts of the host into each
 * container and out again, so any leftover would slow down the start of every other sandbox. The unmount is lazy,
 * because pipes are open there.
 */
export async function releaseMounts(name: SandboxName): Promise<void> {
  const mounts = mountsDirectory(name);
  const folders = layers.map((layer) => join(mounts, layer));
  // libvirt leaves this folder in the tree, where the host's root was (lxcContainerPivotRoot()). rmdir(2) does not
  // follow a link of that name.
  removeEmpty(join(mounts, "root/.oldroot"));
  await runQuick("umount", ["--lazy", ...folders]);
  for (const folder of [...folders, mounts]) removeEmpty(folder);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // detach tries again.
  }
}
