import { rmdirSync } from "node:fs";
import { join } from "node:path";
import { mountsDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { unmount } from "../../host/files/mounts.ts";
import { layers } from "../attach/attach-sandbox.ts";

/**
 * Unmounts on the host everything that has its own mount inside by now. libvirt takes all mounts of the host into each
 * container and out again, so any leftover would slow down the start of every other sandbox. The unmount is lazy,
 * because pipes are open there.
 */
export function releaseMounts(name: SandboxName): void {
  const mounts = mountsDirectory(name);
  const folders = layers.map((layer) => join(mounts, layer));
  // libvirt leaves this folder in the tree, where the host's root was (lxcContainerPivotRoot()). rmdir(2) does not
  // follow a link of that name.
  removeEmpty(join(mounts, "root/.oldroot"));
  for (const folder of folders)
    ignoringFailure(() => {
      unmount(folder, "lazy");
    });
  for (const folder of [...folders, mounts]) removeEmpty(folder);
}

const removeEmpty = (folder: string): void => {
  ignoringFailure(() => {
    rmdirSync(folder);
  });
};

function ignoringFailure(act: () => void): void {
  try {
    act();
  } catch {
    // detach tries again.
  }
}
