import { posix } from "node:path";
import type { TarHeader } from "../copy/tar-header.ts";

/** What an exported sandbox is made of, beside the tree below `root/`. */
export const recordMembers = ["sandboxcontainer.json", "conf", "manifest.json", "bases.json.gz", "state.json"] as const;

/** Of the members before: what each path was. */
export type Seen = Map<string, "folder" | "other">;

/**
 * Why a member of an archive cannot be one of a sandbox's; undefined when it can. Everything is at a clean path of its own, below
 * a folder that came before, and a hard link leads to what came before.
 */
export function refuseMember({ path: bytes, type, linkTarget }: TarHeader, seen: Seen): string | undefined {
  const text = bytes.toString("latin1");
  const path = text.replace(/(.)\/$/, "$1");
  if (!isClean(path)) return "its path leads out of the archive";
  if (!isKnown(path)) return "it is no part of a sandbox";
  if (seen.has(path)) return "it is there twice";
  const parent = posix.dirname(path);
  if (parent !== "." && seen.get(parent) !== "folder") return "the folder that it is in did not come before it";
  // Fifos may lie in a tree; a device in it would be one of the host.
  if (type === "3" || type === "4") return "it is a device";
  if (!["0", "1", "2", "5", "6"].includes(type)) return `it is of an unknown kind (${JSON.stringify(type)})`;
  if (!path.startsWith("root/") && type !== (path === "root" || path === "conf.d" ? "5" : "0"))
    return "it is of the wrong kind";
  const target = linkTarget.toString("latin1");
  if (type === "1" && !(target.startsWith("root/") && seen.get(target) === "other"))
    return "it is a hard link to something else than a file before it";
  seen.set(path, type === "5" ? "folder" : "other");
  return undefined;
}

const isClean = (path: string): boolean =>
  path !== "" &&
  !path.startsWith("/") &&
  !path.includes("\0") &&
  path.split("/").every((part) => !["", ".", ".."].includes(part));

const isKnown = (path: string): boolean =>
  (recordMembers as readonly string[]).includes(path) ||
  /^(root|conf\.d)$|^root\/|^conf\.d\/[^/.][^/]*\.conf$/.test(path);
