import { SandboxError } from "../../../generator/conf/sandbox-error.ts";

/**
 * Turns a refusal of the kernel into an error that names the file by its place instead of our descriptor. Returns any
 * other error unchanged: an error of the archive, such as one of zstd, may also occur while a file is written.
 */
export function describeWriteError(error: unknown, what: string): unknown {
  if (!(error instanceof Error) || !("code" in error) || !("syscall" in error) || error instanceof SandboxError)
    return error;
  const reasons: Readonly<Record<string, string>> = {
    ELOOP: "it is a link, which we do not follow",
    ENOTDIR: "a part of its path is not a folder, or is a link, which we do not follow",
    EISDIR: "there is already a folder with this name",
    EEXIST: "there is already something with this name",
    ENOTEMPTY: "there is already a folder with this name",
    ENOSPC: "no space is left on the device",
    EDQUOT: "the disk quota is used up",
    ENOENT: "its folder does not exist",
    EACCES: "permission denied",
    EROFS: "the file system is read-only",
  };
  return new SandboxError(`cannot write ${what}: ${reasons[String(error.code)] ?? String(error.code)}`, {
    cause: error,
  });
}
