import { mkdirSync } from "node:fs";
import { basename, dirname, join, posix } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { rootTree } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import type { Source } from "../sandbox/copy/paths.ts";
import type { Destination } from "../sandbox/copy/unpack.ts";
import { beneath, openBeneath, withDirectory, withTreeFolder } from "../sandbox/tree/beneath.ts";
import { resolveInTree } from "../sandbox/tree/look-up.ts";
import { findCover } from "./guarded-folders.ts";
import { warn } from "./output.ts";

/** The tree of a stopped sandbox. */
export interface Tree {
  readonly name: SandboxName;
  readonly tree: string;
}

/** Finds a path of a stopped sandbox in its tree: links lead to places in the tree, as inside. Throws a SandboxError. */
export function findInTree({ name, tree }: Tree, source: Source): Source {
  const path = posix.join(source.folder, source.name);
  const isContent = source.name === ".";
  const at = resolveInTree(tree, path, isContent ? "follow" : "keep");
  const cover = findCover(name, at.path);
  if (at.found === undefined)
    throw new SandboxError(`there is no ${path} in the root of ${name}`, {
      hint: cover ?? `See \`sandboxcontainer why ${name} ${path}\``,
    });
  if (isContent && at.found.kind !== "directory")
    throw new SandboxError(`${path} in the root of ${name} is not a folder`);
  if (cover !== undefined) warn(`${cover}; this copies what the root itself has there`);
  const found = join(tree, at.path);
  return isContent ? { folder: found, name: "." } : { folder: dirname(found), name: basename(found) };
}

/**
 * Chooses where a source goes in the tree of a stopped sandbox, like cp(1) inside. Refuses a place that the sandbox does
 * not see once it runs.
 */
export function chooseInTree(at: Tree, text: string, source: Source, several: boolean): Destination {
  const isContent = source.name === ".";
  // What a link in the tree leads to is often only there when the sandbox runs, as for /bin.
  const there = resolveInTree(at.tree, posix.resolve("/", text), "follow").path;
  const cover = findCover(at.name, there) ?? findCover(at.name, posix.join(there, source.name));
  if (cover !== undefined)
    throw new SandboxError(`${text}: ${cover}, so ${at.name} would not see the copy`, {
      hint: `Start it first: systemctl start sandbox@${at.name}`,
    });
  const place = findPlace(at, text, isContent, several);
  if (isContent && place.name !== undefined) {
    const fresh = place.name;
    withTreeFolder(at.tree, place.folder, (folder) => {
      mkdirSync(beneath(folder, fresh), 0o755);
    });
    return destinationOf(at.tree, posix.join(place.folder, fresh), undefined);
  }
  return destinationOf(at.tree, place.folder, place.name ?? (isContent ? undefined : source.name));
}

interface Place {
  /** In the tree, without links. */
  readonly folder: string;
  /** The new name of the copy. */
  readonly name: string | undefined;
}

function findPlace({ name, tree }: Tree, text: string, isContent: boolean, several: boolean): Place {
  const path = posix.resolve("/", text);
  const there = resolveInTree(tree, path, "follow");
  if (there.found?.kind === "directory") return { folder: there.path, name: undefined };
  const parent = resolveInTree(tree, dirname(path), "follow");
  const needsFolder = several || (text.endsWith("/") && !isContent) || (isContent && there.found !== undefined);
  if (needsFolder || parent.found?.kind !== "directory")
    throw new SandboxError(`there is no folder ${needsFolder ? path : dirname(path)} in the root of ${name}`);
  return { folder: parent.path, name: basename(path) };
}

const destinationOf = (tree: string, folder: string, name: string | undefined): Destination => ({
  folder,
  name: name === undefined ? undefined : Buffer.from(name),
  open: () => withDirectory(tree, (root) => openBeneath(root, folder.split("/").slice(folder === "/" ? 2 : 1))),
});

// The longest name that Linux's file systems have (NAME_MAX).
const longestName = 255;

/**
 * Normalizes a path inside the sandbox. Throws a SandboxError if it is not absolute, does not belong to the inside, or
 * has a name that no file can have.
 */
export function parseSandboxPath(name: SandboxName, text: string): string {
  const tidy = posix.normalize(text).replace(/(.)\/+$/, "$1");
  const tree = rootTree(name);
  const isOfHost = tidy === tree || tidy.startsWith(`${tree}/`);
  if (tidy.split("/").some((part) => Buffer.byteLength(part) > longestName))
    throw new SandboxError(`a name in that path has more than ${longestName} bytes`, { status: 2 });
  if (text.startsWith("/") && !text.includes("\0") && !isOfHost) return tidy;
  throw new SandboxError(`${text} is ${isOfHost ? "a path on the host, not in the sandbox" : "not an absolute path"}`, {
    hint: `Write it as the sandbox sees it${isOfHost ? `: ${tidy.slice(tree.length) || "/"}` : ", such as /etc/hostname"}`,
    status: 2,
  });
}
