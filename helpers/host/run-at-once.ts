import { spawnSync } from "node:child_process";
import { findHint, SandboxError } from "../../generator/conf/sandbox-error.ts";

/**
 * Runs a program while nothing else of ours runs, not even a handler of a signal. A failure is a SandboxError that begins with
 * `failure` and ends with the program's last words.
 */
export function runAtOnce(command: string, args: readonly string[], failure: string): void {
  const options = { cwd: "/", encoding: "utf8", env: { ...process.env, LC_ALL: "C.UTF-8" } } as const;
  const { error, status, stderr } = spawnSync(command, args, { ...options, stdio: ["ignore", "ignore", "pipe"] });
  if (error === undefined && status === 0) return;
  const words = error?.message ?? stderr.trimEnd().split("\n").at(-1) ?? "";
  throw new SandboxError(`${failure}: ${words || `${command} failed`}`, { hint: findHint(words), cause: error });
}
