import { existsSync, statSync } from "node:fs";
import { imageMountUnit } from "../../../generator/conf/image-unit.ts";
import { imageFile, imageMountPoint, stateDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { connectSystemd, type Systemd } from "../../host/systemd.ts";
import { formatSize } from "./format-size.ts";

/** Whether the root of a sandbox is in an image. */
export const hasImage = (name: SandboxName): boolean => existsSync(imageFile(name));

/** Whether that image is mounted in its place. */
export function isImageMounted(name: SandboxName): boolean {
  const stat = statSync(imageMountPoint(name), { throwIfNoEntry: false });
  return stat !== undefined && stat.dev !== statSync(stateDirectory(name)).dev;
}

/** Throws a SandboxError if the root of a sandbox is not kept as its conf says, or if its image is not mounted. */
export function requireKeptAs(name: SandboxName, wanted: "image" | "folder"): void {
  if (hasImage(name) && wanted === "folder") {
    const { size } = statSync(imageFile(name));
    throw new SandboxError(`the root of ${name} is in an image, but its conf no longer has Image=`, {
      hint: `Put it back: Image=${formatSize(size)} in section [Sandbox]`,
    });
  }
  if (wanted === "image" && !isImageMounted(name)) {
    throw new SandboxError(`the image of ${name} is not mounted on ${imageMountPoint(name)}`, {
      hint: `Mount it: systemctl start '${imageMountUnit(name)}'`,
    });
  }
}

/** Unmounts the image of a stopped sandbox, if it has one. */
export async function unmountImage(systemd: Systemd, name: SandboxName): Promise<void> {
  const unit = imageMountUnit(name);
  const { ActiveState: state } = await systemd.readUnit(unit);
  if (state === "inactive" || state === "failed") return;
  const result = await systemd.runJob("StopUnit", unit);
  if (result !== "done") {
    throw new SandboxError(`the image of ${name} cannot be unmounted (${result})`, {
      hint: `See who uses it: findmnt ${imageMountPoint(name)}; lsof ${imageMountPoint(name)}`,
    });
  }
}

/** Mounts the image of a sandbox if it has one, so that its tree is available. */
export async function mountImage(systemd: Systemd, name: SandboxName): Promise<void> {
  if (!hasImage(name) || isImageMounted(name)) return;
  const unit = imageMountUnit(name);
  const result = await systemd.runJob("StartUnit", unit);
  if (result !== "done") {
    throw new SandboxError(`the image of ${name} cannot be mounted (${result})`, {
      hint: `See journalctl -u sandbox-image@${name} -u '${unit}'`,
    });
  }
}

/** The same for commands that only look into the tree. */
export async function mountTree(name: SandboxName): Promise<void> {
  if (!hasImage(name) || isImageMounted(name)) return;
  using systemd = await connectSystemd();
  await mountImage(systemd, name);
}
