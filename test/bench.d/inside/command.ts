import { spawnSync } from "node:child_process";

/** Runs a command that must succeed. Returns its output without the last line end. */
export function run(command: string, ...args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, { encoding: "utf8", maxBuffer: 1 << 28 });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${[command, ...args].join(" ")}: status ${String(status)}\n${stdout}${stderr}`);
  return stdout.replace(/\n$/, "");
}

/** Runs a command that may fail. Returns its output, or an empty string. */
export function attempt(command: string, ...args: readonly string[]): string {
  try {
    return run(command, ...args);
  } catch {
    return "";
  }
}

/** Whether a program is installed. */
export const isInstalled = (program: string): boolean => spawnSync("which", [program]).status === 0;

/** Prints progress. */
export function say(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}
