import { existsSync, statfsSync } from "node:fs";
import { imageMountPoint, rootTree } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { limitAtOnce } from "../../base/wait.ts";
import { run } from "../host/process/run.ts";
import { hasImage, mountTree } from "./image/mount-image.ts";

// The disk is busy with that many.
const atOnce = limitAtOnce(2);

/**
 * Measures the bytes that a root takes on disk: all blocks of its files, or what is used of the file system in its image.
 * Reads the whole tree of a folder. Null without a root.
 */
export async function measureRoot(name: SandboxName): Promise<number | null> {
  if (hasImage(name)) {
    await mountTree(name);
    const { bsize, blocks, bfree } = statfsSync(imageMountPoint(name));
    return (blocks - bfree) * bsize;
  }
  const tree = rootTree(name);
  return existsSync(tree) ? atOnce(() => measureFolder(tree)) : null;
}

/** Measures a folder without what is mounted in it. du(1) follows no link; files may vanish meanwhile. */
export async function measureFolder(folder: string): Promise<number> {
  const options = ["--summarize", "--one-file-system", "--block-size=1"];
  const { stdout } = await run("du", [...options, "--", folder], { accept: [1] });
  return Number(/^\d+/.exec(stdout)?.[0] ?? 0);
}
