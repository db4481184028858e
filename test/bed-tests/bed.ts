import { execFile, spawn } from "node:child_process";
import { join } from "node:path";

const script = join(import.meta.dirname, "../bed");

/** What a command in the bed did. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A test bed of one kind, which has to be up. */
export interface Bed {
  /** Runs a command as root; a failure is an answer. */
  try(...command: readonly string[]): Promise<Ran>;
  /** Runs a command that has to succeed; resolves to its output without the last line end. */
  run(...command: readonly string[]): Promise<string>;
  /** Reads the journal, after all that was said until now came into it; the options are journalctl's. */
  journal(...options: readonly string[]): Promise<string>;
  /** Runs a command with an input. */
  feed(input: string, ...command: readonly string[]): Promise<Ran>;
  /** Shuts the bed down and boots it again. */
  reboot(): Promise<void>;
}

export function useBed(kind: "native" | "selinux"): Bed {
  const feed = (input: string, ...command: readonly string[]): Promise<Ran> =>
    collect(spawn(script, ["exec", kind, "--", ...command], { stdio: "pipe" }), input);
  const attempt = (...command: readonly string[]): Promise<Ran> => feed("", ...command);
  const run = async (...command: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await attempt(...command);
    if (status !== 0) throw new Error(`${command.join(" ")}: status ${status}\n${stdout}${stderr}`);
    return stdout.replace(/\n$/, "");
  };
  return {
    feed,
    try: attempt,
    run,
    async journal(...options) {
      await run("journalctl", "--sync");
      return run("journalctl", "--output=cat", ...options);
    },
    reboot: () =>
      new Promise((resolve, reject) => {
        execFile(script, ["reboot", kind], (error) => {
          if (error === null) resolve();
          else reject(new Error(error.message));
        });
      }),
  };
}

/** Feeds a program, and resolves to what it did. */
export function collect(child: ReturnType<typeof spawn>, input: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const output = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream]?.setEncoding("utf8").on("data", (chunk: string) => {
        output[stream] += chunk;
      });
    }
    child.stdin?.on("error", () => undefined).end(input);
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ status: code ?? 255, ...output });
    });
  });
}

/** Tries until the check holds. That is no test of speed: only after two minutes, on however busy a machine, the last failure is thrown. */
export async function eventually<Result>(check: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
