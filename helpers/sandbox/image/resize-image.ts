import { renameSync, statSync, truncateSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { removeIfThere } from "../../../base/files.ts";
import { formatSize } from "../../../base/text.ts";
import { findLoopDevice } from "../../host/files/mounts.ts";
import { run } from "../../host/process/run.ts";

/**
 * Gives an unmounted image another size; throws a SandboxError if its data does not fit. This works on a copy, which
 * replaces the image once it is correct: resize2fs moves blocks, and an image is lost if resize2fs is killed.
 */
export async function resizeImage(image: string, bytes: number): Promise<void> {
  const copy = `${image}.new`;
  try {
    await run("cp", ["--reflink=auto", "--sparse=always", "--", image, copy]);
    // 1: errors were found and repaired (e2fsck(8), EXIT CODE).
    await run("e2fsck", ["-f", "-p", "--", copy], { accept: [1] });
    if (bytes < statSync(copy).size) await requireRoom(image, copy, bytes);
    else truncateSync(copy, bytes);
    await run("resize2fs", ["--", copy, `${bytes / 1024}K`]);
    truncateSync(copy, bytes);
    await run("e2fsck", ["-f", "-n", "--", copy]);
    await run("sync", ["--", copy]);
    if ((await findLoopDevice(image)) !== undefined)
      throw new SandboxError(`${image} was mounted in the meantime, so it is unchanged`, { hint: "Run it again" });
    renameSync(copy, image);
  } finally {
    removeIfThere(copy);
  }
}

/** Enlarges a mounted image. If this is killed, it can simply be repeated. */
export async function growMountedImage(image: string, bytes: number): Promise<void> {
  const device = await findLoopDevice(image);
  if (device === undefined) throw new SandboxError(`${image} is not mounted through a loop device`);
  const before = statSync(image).size;
  try {
    truncateSync(image, bytes);
    await run("losetup", ["--set-capacity", device]);
    await run("resize2fs", [device]);
  } catch (error) {
    // The first error says more than one of the undoing.
    await undoGrowth(image, device, before).catch(() => undefined);
    throw error;
  }
}

/** Gives a mounted image its former size, unless its file system has already grown beyond that. */
async function undoGrowth(image: string, device: string, before: number): Promise<void> {
  const { stdout: facts } = await run("dumpe2fs", ["-h", "--", device]);
  const [blocks, size] = ["count", "size"].map((what) =>
    Number(new RegExp(`^Block ${what}: +(\\d+)$`, "m").exec(facts)?.[1]),
  );
  if (blocks === undefined || size === undefined || !(blocks * size <= before)) return;
  truncateSync(image, before);
  await run("losetup", ["--set-capacity", device]);
}

async function requireRoom(image: string, copy: string, bytes: number): Promise<void> {
  const { stdout: least } = await run("resize2fs", ["-P", "--", copy]);
  const { stdout: facts } = await run("dumpe2fs", ["-h", "--", copy]);
  const blocks = Number(/: (\d+)\s*$/.exec(least)?.[1]);
  const needed = blocks * Number(/^Block size: +(\d+)$/m.exec(facts)?.[1]);
  if (needed <= bytes) return;
  const megabytes = Math.ceil(needed / 1024 ** 2);
  throw new SandboxError(`${image}: its files need ${megabytes}M, which is more than ${formatSize(bytes)}`, {
    hint: "Choose a larger size, or remove data first",
  });
}
