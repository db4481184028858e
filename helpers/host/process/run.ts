import { spawnSync } from "node:child_process";
import { findHint, SandboxError } from "../../../base/errors.ts";

export interface RunOptions {
  /** Milliseconds; undefined means no limit. */
  readonly timeout?: number;
  /** Exit statuses that are not failures; 0 never is. */
  readonly accept?: readonly number[];
  /** Keeps the line end at the end of the output. */
  readonly exact?: boolean;
  /** The standard input; empty if not given. */
  readonly input?: string;
  /** The working directory; / if not given, because ours may be a folder that is being deleted. */
  readonly cwd?: string;
  /** What a failure means, in place of a command that would tell a person little. */
  readonly failure?: string;
}

export interface RunResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number;
}

// The package database of a full desktop prints some 60 MB.
const maxOutput = 512 * 1024 * 1024;

/**
 * Runs a command in the C locale. A failure is a SandboxError with the command, ready to paste, and its last output.
 */
export async function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  // Most verbs run no program, and it takes a while to load.
  const { execa, ExecaError } = await import("execa");
  try {
    const result = await execa(command, args, {
      env: { LC_ALL: "C.UTF-8" },
      maxBuffer: maxOutput,
      ...(options.input === undefined ? { stdin: "ignore" } : { input: options.input }),
      stripFinalNewline: options.exact !== true,
      cwd: options.cwd ?? "/",
      ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    });
    return { stdout: asText(result.stdout), stderr: asText(result.stderr), status: 0 };
  } catch (error) {
    // If the kernel cannot start a program, execa's report of that fails under Bun, which does not let it set a property.
    if (error instanceof TypeError && error.message.includes("readonly property"))
      throw new SandboxError(`\`${[command, ...args].join(" ")}\` cannot be started`, {
        hint: "Memory or processes may have run out: free; systemctl status",
        cause: error,
      });
    if (!(error instanceof ExecaError)) throw error;
    const status = error.exitCode;
    if (status !== undefined && options.accept?.includes(status))
      return { stdout: asText(error.stdout), stderr: asText(error.stderr), status };
    throw describeFailure(command, error, options);
  }
}

/** The part of an ExecaError that we report. */
interface Failure {
  readonly code?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly timedOut: boolean;
  readonly escapedCommand: string;
  readonly stderr?: unknown;
}

const asText = (output: unknown): string => (typeof output === "string" ? output : "");

function describeFailure(command: string, error: Failure, options: RunOptions): SandboxError {
  if (error.code === "ENOENT") {
    return new SandboxError(`${command}: not found`, { hint: "Install its package", cause: error });
  }
  const lastWords = asText(error.stderr).trimEnd().split("\n").at(-1) ?? "";
  const meaning = options.failure ?? `\`${error.escapedCommand}\` ${describeEnd(error, options)}`;
  return new SandboxError(`${meaning}${lastWords && `: ${lastWords}`}`, {
    hint: findHint(lastWords || String(error.code)),
    cause: error,
  });
}

function describeEnd(error: Failure, options: RunOptions): string {
  if (error.timedOut) return `did not end within ${(options.timeout ?? 0) / 1000} s`;
  if (error.signal !== undefined) return `was killed by ${error.signal}`;
  if (error.exitCode !== undefined) return `failed with status ${error.exitCode}`;
  return `failed (${error.code ?? "unknown cause"})`;
}

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
