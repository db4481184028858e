import { closeSync, constants, lstatSync, openSync, type Stats } from "node:fs";
import { SandboxError } from "../../generator/sandbox-error.ts";

// One component at a time, relative to an open folder and never through a link: what openat2(2) calls
// RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS. Node has no openat(2); /proc/self/fd/N/NAME is the same to the kernel.

/** The path of `name`, one component, in an open folder. */
export function pathIn(folder: number, name: Buffer): Buffer {
  if (!isComponent(name)) throw new Error(`not a file's name: ${name.toString()}`);
  return Buffer.concat([Buffer.from(`/proc/self/fd/${folder}/`), name]);
}

export const isComponent = (name: Buffer): boolean =>
  name.length > 0 && name.length < 256 && !name.includes(0) && !name.includes("/") && !/^\.\.?$/.test(name.toString());

/** Opens a folder in an open folder. ELOOP or ENOTDIR: it is a link, or a file. */
export function openFolder(folder: number, name: Buffer): number {
  return openSync(pathIn(folder, name), constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
}

/** Opens the folder that components lead to; the caller closes it. */
export function openBeneath(root: number, components: readonly Buffer[]): number {
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
export const lstatIn = (folder: number, name: Buffer): Stats | undefined =>
  lstatSync(pathIn(folder, name), { throwIfNoEntry: false });

/** The components of a path of the sandbox's choice, none of them `..`; undefined when it is no such path. */
export function splitPath(path: Buffer): readonly Buffer[] | undefined {
  if (path.length > 4096) return undefined;
  const text = path.toString("latin1").replace(/\/+$/, "");
  const components = text.split("/").map((part) => Buffer.from(part, "latin1"));
  return components.every(isComponent) ? components : undefined;
}

/** A name that somebody else chose, on one line and without control characters. */
export const quoteName = (name: Buffer | string): string => JSON.stringify(name.toString()).slice(0, 300);

/** What the kernel refused, as an error that names the file by its place, not by our descriptor. */
export function describeRefusal(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || error instanceof SandboxError) return error;
  const reasons: Readonly<Record<string, string>> = {
    ELOOP: "it is a link, which is not followed",
    ENOTDIR: "a part of its path is no folder, or a link, which is not followed",
    EISDIR: "there is a folder of this name",
    EEXIST: "there is something of this name",
    ENOTEMPTY: "there is a folder of this name",
    ENOSPC: "no space is left on the device",
    EDQUOT: "the disk quota is used up",
    ENOENT: "its folder is not there",
    EACCES: "permission denied",
    EROFS: "the file system is read-only",
  };
  return new SandboxError(`cannot write ${what}: ${reasons[String(error.code)] ?? String(error.code)}`, {
    cause: error,
  });
}
