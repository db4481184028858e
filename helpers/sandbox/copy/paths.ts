import { lstatSync, mkdirSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, posix, resolve } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { stateRoot } from "../../../base/paths.ts";
import type { Destination } from "./unpack.ts";

/**
 * The files that tar takes: `name` in `folder`, or `.` for the content of a folder, which the user wrote as `FOLDER/.`.
 */
export interface Source {
  readonly folder: string;
  readonly name: string;
}

/** The words of copy-from and copy-to: all but the last are sources. */
export function splitPaths(paths: readonly string[]): {
  readonly sources: readonly string[];
  readonly destination: string;
} {
  return { sources: paths.slice(0, -1), destination: paths.at(-1) ?? "" };
}

const isContent = (path: string): boolean => /(^|\/)\.$/.test(path);

/** Parses a path inside a sandbox; the current folder is `/`. */
export function parseInsideSource(path: string): Source {
  const absolute = posix.resolve("/", path);
  if (absolute === "/")
    throw new SandboxError("a whole sandbox cannot be copied", { hint: "Name folders, such as /etc /var", status: 2 });
  return isContent(path) ? { folder: absolute, name: "." } : { folder: dirname(absolute), name: basename(absolute) };
}

/** Parses a path on the host; throws a SandboxError if it does not exist. */
export function parseHostSource(path: string): Source {
  const absolute = resolve(path);
  if (isContent(path) || !isKept(absolute)) requireOutside(absolute, "copy-from");
  if (lstatSync(absolute, { throwIfNoEntry: false }) === undefined)
    throw new SandboxError(`${path}: no such file or folder on the host`);
  return isContent(path) ? { folder: absolute, name: "." } : { folder: dirname(absolute), name: basename(absolute) };
}

/** Chooses where a source goes on the host, like cp(1): into an existing folder, otherwise under the given name. */
export function finalizeDestination(path: string, source: Source, several: boolean): Destination {
  const there = statSync(path, { throwIfNoEntry: false });
  if (there === undefined) return makeDestination(path, source, several);
  if (!there.isDirectory() && !there.isFile())
    throw new SandboxError(`${path} is neither a file nor a folder`, {
      hint: "To write an archive to standard output, give `-`",
      status: 2,
    });
  const real = realpathSync.native(path);
  requireOutside(real, "copy-to");
  if (there.isDirectory()) return { folder: real, name: source.name === "." ? undefined : Buffer.from(source.name) };
  if (several || path.endsWith("/") || source.name === ".")
    throw new SandboxError(`${path} on the host is not a folder`, { status: 2 });
  return { folder: dirname(real), name: Buffer.from(basename(real)) };
}

function makeDestination(path: string, source: Source, several: boolean): Destination {
  if (lstatSync(path, { throwIfNoEntry: false }) !== undefined)
    throw new SandboxError(`${path} on the host is a broken link`);
  const parent = dirname(resolve(path));
  if (
    several ||
    (path.endsWith("/") && source.name !== ".") ||
    !statSync(parent, { throwIfNoEntry: false })?.isDirectory()
  )
    throw new SandboxError(`there is no folder ${several || path.endsWith("/") ? path : parent} on the host`, {
      hint: "Make it first",
    });
  const folder = realpathSync(parent);
  requireOutside(folder, "copy-to");
  if (source.name !== ".") return { folder, name: Buffer.from(basename(resolve(path))) };
  mkdirSync(path);
  return { folder: realpathSync(path), name: undefined };
}

// Links that root in the sandbox made would misdirect a path below its tree.
function requireOutside(path: string, verb: "copy-from" | "copy-to"): void {
  if (path !== stateRoot && !path.startsWith(`${stateRoot}/`)) return;
  throw new SandboxError(`${path} belongs to a sandbox, and cannot be used as a path of the host`, {
    hint: `Use \`sandboxcontainer ${verb}\` with that sandbox`,
    status: 2,
  });
}

/**
 * Whether an upgrade has kept it, in a folder that no sandbox reaches. Only what is kept itself may be a link: it is copied as
 * one, but its content must not be copied.
 */
const isKept = (path: string): boolean =>
  /^[^/]+\/(?:image\/)?replaced\/./.test(path.slice(stateRoot.length + 1)) &&
  orMissing(() => realpathSync(dirname(path))) === dirname(path);

/** tar's --transform that renames the top entry of an archive, but neither the targets of links nor other names. */
export function renameTop(from: string, to: string): string {
  const pattern = from.replaceAll(/[\\.*[\]^$,]/g, String.raw`\$&`);
  const replacement = to.replaceAll(/[\\&,]/g, String.raw`\$&`);
  return `flags=rSH;s,^${pattern}\\(/\\|$\\),${replacement}\\1,`;
}
