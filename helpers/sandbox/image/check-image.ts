import { statSync } from "node:fs";
import { imageFile } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { formatSize } from "./format-size.ts";
import type { ImageHost } from "./image-host.ts";

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
