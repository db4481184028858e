import { execFile, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

const script = join(import.meta.dirname, "../bed");

/** The result of a command in the bed. */
export interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A test bed of one kind. It must be up. */
export interface Bed {
  /** Runs a command as root. A failure is a result too. */
  try(...command: readonly string[]): Promise<Ran>;
  /** Runs a command that must succeed. Resolves to its output without the last line end. */
  run(...command: readonly string[]): Promise<string>;
  /** Reads the journal, once it contains everything that was logged until now. The options are journalctl's. */
  journal(...options: readonly string[]): Promise<string>;
  /** Runs a command with this input. */
  feed(input: string, ...command: readonly string[]): Promise<Ran>;
  /** Shuts the bed down and boots it again. */
  reboot(): Promise<void>;
  /** Kills a virtual machine, as when the power fails. */
  cut(): Promise<void>;
  /** Boots it again on the same disk. */
  boot(): Promise<void>;
  /** Begins a command, and calls this with each line that it prints. Resolves when it has ended, also if the bed has. */
  follow(onLine: (line: string) => void, ...command: readonly string[]): Promise<void>;
}

export function useBed(kind: "native" | `native-${string}` | "selinux" | "apparmor"): Bed {
  const feed = (input: string, ...command: readonly string[]): Promise<Ran> =>
    collect(spawn(script, ["exec", kind, "--", ...command], { stdio: "pipe" }), input);
  const attempt = (...command: readonly string[]): Promise<Ran> => feed("", ...command);
  const run = async (...command: readonly string[]): Promise<string> => {
    const { status, stdout, stderr } = await attempt(...command);
    if (status !== 0) throw new Error(`${command.join(" ")}: status ${status}\n${stdout}${stderr}`);
    return stdout.replace(/\n$/, "");
  };
  const change = (verb: string): Promise<void> =>
    new Promise((resolve, reject) => {
      execFile(script, [verb, kind], (error) => {
        if (error === null) resolve();
        else reject(new Error(error.message));
      });
    });
  return {
    feed,
    try: attempt,
    run,
    async journal(...options) {
      await run("journalctl", "--sync");
      return run("journalctl", "--output=cat", ...options);
    },
    reboot: () => change("reboot"),
    cut: () => change("cut"),
    boot: () => change("boot"),
    async follow(onLine, ...command) {
      const child = spawn(script, ["exec", kind, "--", ...command], { stdio: ["ignore", "pipe", "ignore"] });
      for await (const line of createInterface(child.stdout)) onLine(line);
    },
  };
}

/** Feeds the input to a program, and resolves to its result. */
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

/**
 * Repeats the check until it holds. This does not test speed: it throws the last failure only after two minutes,
 * however busy the machine is. It asks less and less often, because the answers also take the time of what it waits for.
 */
export async function eventually<Result>(check: () => Promise<Result>): Promise<Result> {
  const deadline = performance.now() + 120_000;
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 1000)) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, pause));
    }
  }
}
