import { existsSync, statfsSync, statSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { imageFile, imageMountPoint, stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { formatSize } from "../../../base/text.ts";
import { imageMountUnit } from "../../../conf/conf.ts";
import { findLoopDevice } from "../../host/files/mounts.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { type QuickResult, runQuick } from "../../host/process/run-quick.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";

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

/**
 * The requests to the host that make and check an image. Unit tests replace them. The files of the image are real in
 * both.
 */
export interface ImageHost {
  readonly run: (program: string, args: readonly string[]) => Promise<QuickResult>;
  /** Bytes that any user may still use in the file system of a folder. */
  readonly freeBytes: (folder: string) => number;
  readonly isMounted: (image: string) => Promise<boolean>;
  readonly hasSelinux: () => boolean;
  readonly warn: (text: string) => void;
}

export const ownHost: ImageHost = {
  run: runQuick,
  freeBytes: (folder) => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
  isMounted: async (image) => (await findLoopDevice(image)) !== undefined,
  hasSelinux: () => existsSync("/sys/fs/selinux/enforce"),
  warn: printWarning,
};

/**
 * Runs e2fsck on an image before it is mounted, as systemd does for a disk. Throws a SandboxError if e2fsck cannot
 * repair it.
 */
export async function checkImage(name: SandboxName, bytes: number, host: ImageHost): Promise<void> {
  const image = imageFile(name);
  // The image is in use: it is mounted elsewhere, or a running sandbox keeps it.
  if (await host.isMounted(image)) return;
  const { status, output } = await host.run("e2fsck", ["-p", "--", image]);
  const said = output.trim().replaceAll(/\s+/g, " ");
  // 1: errors were found and repaired (e2fsck(8), EXIT CODE).
  if (status > 1)
    throw new SandboxError(`the image of ${name} is damaged: ${said}`, {
      hint: `Repair it with e2fsck -f ${image}, or restore a copy of it`,
    });
  if (status === 1) host.warn(said);
  const { size } = statSync(image);
  if (size !== bytes)
    host.warn(
      `the image of ${name} is ${formatSize(size)}, but its conf says Image=${formatSize(bytes)}. To resize the image: sandboxcontainer resize ${name}`,
    );
}
