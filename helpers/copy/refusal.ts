import { SandboxError } from "../../generator/sandbox-error.ts";

/** A name that somebody else chose, on one line and without control characters. */
export const quoteName = (name: Buffer | string): string => JSON.stringify(name.toString()).slice(0, 300);

/**
 * What the kernel refused, as an error that names the file by its place, not by our descriptor. Any other error is returned as it is: one
 * of the archive that is being read, such as one of zstd, also comes while a file is written.
 */
export function describeRefusal(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error) || error instanceof SandboxError)
    return error;
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
