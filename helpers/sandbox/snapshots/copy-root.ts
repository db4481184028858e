import { copyFileSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../host/run.ts";

/**
 * Copies the root in one folder, `root/` or `root.img`, into another folder without one. It keeps holes, hard links and
 * attributes, and takes no space if the file system allows it. No part of the root may run meanwhile.
 */
export async function copyRoot(from: string, to: string): Promise<void> {
  if (existsSync(join(from, "root.img"))) await copyImage(from, to);
  else await copyTree(join(from, "root"), join(to, "root"));
}

/** Copies a tree. The label is not kept, because the copy gets that of another sandbox. */
export async function copyTree(from: string, to: string): Promise<void> {
  const how = ["--archive", "--no-preserve=context", "--reflink=auto", "--sparse=auto", "--one-file-system"];
  const [program = "", ...args] = readingTree(from, ["cp", ...how, "--no-target-directory", "--", from, to]);
  await run(program, args, { failure: `${from} cannot be copied` });
}

/**
 * Wraps a command that reads a tree by path. Root inside may meanwhile replace a folder by a link, so the command gets
 * its own mount namespace, in which the tree is read-only and no link in it leads anywhere (mount(8), nosymfollow).
 */
export const readingTree = (tree: string, command: readonly string[]): readonly string[] =>
  inOwnMount("ro,nosymfollow,nodev,nosuid", tree, command);

/** The same for a command that writes in a folder what others have chosen. */
export const withoutLinks = (folder: string, command: readonly string[]): readonly string[] =>
  inOwnMount("nosymfollow,nodev,nosuid", folder, command);

const inOwnMount = (options: string, folder: string, command: readonly string[]): readonly string[] => [
  ...["unshare", "--mount", "--propagation", "private", "--", "sh", "-c"],
  `mount --bind -o ${options} -- "$0" "$0" && exec "$@"`,
  folder,
  ...command,
];

async function copyImage(from: string, to: string): Promise<void> {
  const image = join(from, "root.img");
  const how = ["--reflink=auto", "--sparse=always"];
  await run("cp", [...how, "--", image, join(to, "root.img")], { failure: `${image} cannot be copied` });
  // The mount point, and beside it, for people, the link to the tree in it.
  mkdirSync(join(to, "image"), { mode: 0o700 });
  symlinkSync("image/root", join(to, "root"));
}

/** The records about a root, beside it. */
export const records = ["manifest.json", "bases.json.gz", "conflicts.json"] as const;

export function copyRecords(from: string, to: string): void {
  for (const record of records) if (existsSync(join(from, record))) copyFileSync(join(from, record), join(to, record));
}
