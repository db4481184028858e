import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { constants } from "node:os";
import { SandboxError } from "../../../base/errors.ts";
import { printableName } from "../untrusted-text.ts";

/** A running program, and its error output at the end. */
export interface Child {
  readonly process: ChildProcess;
  readonly ended: Promise<{ readonly status: number; readonly words: string }>;
}

const maxWords = 4096;

/** Starts a program and keeps the end of its error output, at most a page: it may come from a sandbox. */
export function startChild(words: readonly string[], stdin: "ignore" | "pipe", stdout: "ignore" | "pipe"): Child {
  const [file = "", ...args] = words;
  const stdio: StdioOptions = [stdin, stdout, "pipe"];
  const child = spawn(file, args, { stdio, env: { ...process.env, LC_ALL: "C.UTF-8" } });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-maxWords);
  });
  const ended = new Promise<{ status: number; words: string }>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      resolve({ status: code ?? 128 + (signal === null ? 0 : constants.signals[signal]), words: cleanWords(said) });
    });
  });
  return { process: child, ended };
}

/** The first lines of the error output of a tar-like program, without the program's name. */
export function cleanWords(said: string): string {
  const lines = said
    .split("\n")
    .map((line) => printableName(line.replace(/^(\S*tar|sh|env): /, "")))
    .filter((line) => line !== "" && !line.startsWith("Exiting with failure status"));
  return [...new Set(lines)].slice(0, 5).join("; ");
}

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
