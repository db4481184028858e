import { lstatSync, readdirSync, readFileSync, readlinkSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { HostEntry, HostTree } from "./host-tree.ts";
import { once } from "./once.ts";
import { orMissing } from "./or-missing.ts";

/** The files below a root directory. Each file is looked at once, so a plan sees one state of the host. */
export function openHostTree(rootDirectory: string): HostTree {
  const at = (path: string): string => join(rootDirectory, path);
  return {
    lookUp: once((path) => lookUp(at(path))),
    list: once((path) => orMissing(() => readdirSync(at(path)).sort()) ?? []),
    readText: once((path) => orMissing(() => readIfAllowed(at(path)))),
  };
}

// SELinux keeps the host's passwords from the helpers, and so from every sandbox.
function readIfAllowed(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EACCES") return undefined;
    throw error;
  }
}

function lookUp(path: string): HostEntry | undefined {
  return orMissing(() => {
    const stats = lstatSync(path);
    const attributes = { owner: stats.uid, group: stats.gid, mode: stats.mode & 0o7777 };
    if (stats.isSymbolicLink()) return { ...attributes, kind: "link", target: readlinkSync(path) };
    return { ...attributes, kind: kindOf(stats) };
  });
}

function kindOf(stats: Stats): "directory" | "file" | "other" {
  if (stats.isDirectory()) return "directory";
  return stats.isFile() ? "file" : "other";
}
