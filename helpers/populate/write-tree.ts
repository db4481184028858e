import { chmodSync, constants, copyFileSync, lchownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ManifestEntry } from "../manifest/entry.ts";
import { run } from "../run.ts";

/**
 * Makes the entries in a new folder that nobody else knows of yet; `host` is the root directory of what is copied.
 * Returns the entries made: a file that vanished from the host since the plan is left out.
 */
export async function writeTree(
  entries: readonly ManifestEntry[],
  tree: string,
  host: string,
): Promise<readonly ManifestEntry[]> {
  const isTree = (entry: ManifestEntry): boolean => entry.kind === "directory" && entry.source !== undefined;
  const written = entries.filter((entry) => isTree(entry) || writeEntry(entry, join(tree, entry.path), host));
  for (const { path, source } of entries) {
    if (source !== undefined && "copyTree" in source) await copyData(join(host, source.copyTree), join(tree, path));
  }
  return written;
}

function writeEntry(entry: ManifestEntry, path: string, host: string): boolean {
  switch (entry.kind) {
    case "directory":
      mkdirSync(path, 0o700);
      break;
    case "link":
      symlinkSync(entry.source.link, path);
      break;
    case "file":
      // Not yet: the package makes it inside.
      if ("madeBy" in entry.source) return true;
      if ("text" in entry.source) writeFileSync(path, entry.source.text, { flag: "wx", mode: 0o600 });
      else if (!copyFile(join(host, entry.source.copy), path)) return false;
  }
  lchownSync(path, entry.owner, entry.group);
  // After the owner: a change of owner takes set-id bits away.
  if (entry.kind !== "link") chmodSync(path, entry.mode);
  return true;
}

function copyFile(from: string, to: string): boolean {
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

/**
 * Data with all that belongs to it: owners, modes, times, ACLs and other attributes, hard links, holes. What is mounted
 * below comes too, as it is data to the service. Sockets, fifos and devices stay: nobody inside is at their other end.
 */
async function copyData(from: string, to: string): Promise<void> {
  await run("cp", ["--archive", "--reflink=auto", "--sparse=auto", "--no-target-directory", "--", from, to]);
  await run("find", [to, "-type", "s,p,b,c", "-delete"]);
}
