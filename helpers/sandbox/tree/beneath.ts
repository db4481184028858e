import { closeSync, constants, lstatSync, openSync, type Stats } from "node:fs";
import { orMissing } from "../../host/or-missing.ts";

/*
 * Root in the sandbox owns its tree and may have put a link anywhere in it, so a path below the tree means nothing to the
 * host. One component at a time is opened from its folder, never through a link: what openat2(2) calls RESOLVE_BENEATH
 * and RESOLVE_NO_SYMLINKS. Node has no openat(2); /proc/self/fd/N/NAME is the same to the kernel, which resolves the first part
 * to the folder itself. The other way, a tool in a mount namespace rooted in the tree, would run a program from where
 * the sandbox could have put its own.
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

/** What is there, not following a link; undefined: nothing. */
export const lstatIn = (folder: number, name: Buffer | string): Stats | undefined =>
  lstatSync(beneath(folder, name), { throwIfNoEntry: false });

/** The components of a path of the sandbox's choice, none of them `..`; undefined when it is no such path. */
export function splitPath(path: Buffer): readonly Buffer[] | undefined {
  if (path.length > 4096) return undefined;
  const text = path.toString("latin1").replace(/\/+$/, "");
  const components = text.split("/").map((part) => Buffer.from(part, "latin1"));
  return components.every(isComponent) ? components : undefined;
}

/** Runs `act` with the folder at a path of the host's open; throws where there is none, or a link. */
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

/** Runs `act` with the folder at a path of a sandbox's tree; undefined where there is none, or a link on the way. */
export const withTreeFolder = <T>(tree: string, path: string, act: (folder: number) => T): T | undefined =>
  withDirectory(tree, (root) => {
    const folder = orMissing(() => openBeneath(root, split(path)));
    return folder === undefined ? undefined : closeAfter(folder, act);
  });

/** Runs `act` with the folder of a sandbox's tree that holds a path, and the path's last name in it; else as above. */
export const withParent = <T>(tree: string, path: string, act: (folder: number, name: string) => T): T | undefined => {
  const name = split(path).at(-1);
  return name === undefined
    ? undefined
    : withTreeFolder(tree, split(path).slice(0, -1).join("/"), (folder) => act(folder, name));
};

const split = (path: string): readonly string[] => path.split("/").filter((name) => name !== "");
