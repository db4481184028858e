import { closeSync, constants, lstatSync, openSync } from "node:fs";

/*
 * Root in the sandbox owns its tree and may have put a link anywhere in it, so a path below the tree means nothing to the
 * host. Every directory is opened from its parent without following a link, and what is in it is named through the open
 * one: /proc/self/fd/N/NAME is openat(2) by another name, since the kernel resolves the first part to the directory
 * itself. The other way, a tool in a mount namespace rooted in the tree, would run a program from where the sandbox
 * could have put its own.
 */

const directoryFlags = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/** What an open directory has under a name. */
export const beneath = (directory: number, name: string): string => `/proc/self/fd/${directory}/${name}`;

/** Runs `act` with a directory open; throws where there is none, or a link. */
export function withDirectory<T>(path: string, act: (directory: number) => T): T {
  const directory = openSync(path, directoryFlags);
  try {
    return act(directory);
  } finally {
    closeSync(directory);
  }
}

/**
 * Runs `act` with the directory of a sandbox's tree that holds a path, and the path's last name in it. Undefined where the
 * way there is missing, or leads over anything but directories.
 */
export function withParent<T>(tree: string, path: string, act: (directory: number, name: string) => T): T | undefined {
  const descend = (directory: number, [name = ".", ...rest]: readonly string[]): T | undefined => {
    if (rest.length === 0) return act(directory, name);
    const next = beneath(directory, name);
    if (!(lstatSync(next, { throwIfNoEntry: false })?.isDirectory() ?? false)) return undefined;
    return withDirectory(next, (inner) => descend(inner, rest));
  };
  return withDirectory(tree, (directory) =>
    descend(
      directory,
      path.split("/").filter((name) => name !== ""),
    ),
  );
}
