import { closeSync, constants, lstatSync, openSync, type Stats } from "node:fs";
import { orMissing } from "../../../base/files.ts";

/*
 * Root in the sandbox owns its tree and may have put a link anywhere in it, so a path below the tree is meaningless to
 * the host. We open one component at a time from its folder, never through a link, like RESOLVE_BENEATH and
 * RESOLVE_NO_SYMLINKS of openat2(2).
 * Node has no openat(2), but /proc/self/fd/N/NAME is the same to the kernel, which resolves the first part to the
 * folder itself. The alternative, a tool in a mount namespace rooted in the tree, would run a program from a place
 * where the sandbox could have put its own.
 */

/** The path of `name`, one component, in an open folder. */
export function beneath(folder: number, name: Buffer | string): Buffer {
  const bytes = Buffer.from(name);
  if (!isComponent(bytes)) throw new Error(`not a file's name: ${bytes.toString()}`);
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), bytes]);
}

export const isComponent = (name: Buffer): boolean =>
  name.length > 0 && name.length < 256 && !name.includes(0) && !name.includes("/") && !/^\.\.?$/.test(name.toString());

const folderFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** Opens a folder in an open folder. ELOOP or ENOTDIR: it is a link, or a file. */
export const openFolder = (folder: number, name: Buffer | string): number =>
  openSync(beneath(folder, name), folderFlags);

/** Opens the folder that components lead to; the caller closes it. */
export function openBeneath(root: number, components: readonly (Buffer | string)[]): number {
  let folder = openSync(`/proc/self/fd/${root}`, constants.O_RDONLY | constants.O_DIRECTORY);
  for (const component of components) {
    try {
      const next = openFolder(folder, component);
      closeSync(folder);
      folder = next;
    } catch (error) {
      closeSync(folder);
      throw error;
    }
  }
  return folder;
}

/** Looks up a name without following a link; undefined if there is nothing. */
export const lstatIn = (folder: number, name: Buffer | string): Stats | undefined =>
  lstatSync(beneath(folder, name), { throwIfNoEntry: false });

/** Splits a path that the sandbox chose into components, none of them `..`; undefined if the path is not valid. */
export function splitPath(path: Buffer): readonly Buffer[] | undefined {
  if (path.length > 4096) return undefined;
  const text = path.toString("latin1").replace(/\/+$/, "");
  const components = text.split("/").map((part) => Buffer.from(part, "latin1"));
  return components.every(isComponent) ? components : undefined;
}

/** Runs `act` with an open folder of the host; throws if there is none, or if it is a link. */
export const withDirectory = <T>(path: string | Buffer, act: (folder: number) => T): T =>
  closeAfter(openSync(path, folderFlags), act);

/** Runs `act` with an open folder, and closes it. */
export function closeAfter<T>(folder: number, act: (folder: number) => T): T {
  try {
    return act(folder);
  } finally {
    closeSync(folder);
  }
}

/** Runs `act` with a folder of a sandbox's tree; undefined if there is none, or if there is a link on the way. */
export const withTreeFolder = <T>(tree: string, path: string, act: (folder: number) => T): T | undefined =>
  withDirectory(tree, (root) => {
    const folder = orMissing(() => openBeneath(root, split(path)));
    return folder === undefined ? undefined : closeAfter(folder, act);
  });

/**
 * Runs `act` with the folder in a sandbox's tree that contains a path, and the last name of that path; undefined as
 * above.
 */
export const withParent = <T>(tree: string, path: string, act: (folder: number, name: string) => T): T | undefined => {
  const name = split(path).at(-1);
  return name === undefined
    ? undefined
    : withTreeFolder(tree, split(path).slice(0, -1).join("/"), (folder) => act(folder, name));
};

const split = (path: string): readonly string[] => path.split("/").filter((name) => name !== "");
