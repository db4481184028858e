import { readFileSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import type { Series } from "../results.ts";

/** The turn of one party. */
export interface Turn {
  readonly party: string;
  /** Preparation, which is not measured. */
  readonly before?: () => void;
  /** Returns the measured value. */
  readonly measure: () => number;
}

/**
 * Gives each party its turn in each round, so that other work of the machine affects all of them. Every second round
 * runs in reverse order, because work that a turn leaves to the kernel slows down the next turn. If there are several
 * rounds, a first one warms up and does not count.
 */
export function takeTurns(rounds: number, turns: readonly Turn[]): readonly Series[] {
  const values = turns.map((): number[] => []);
  for (let round = rounds > 1 ? -1 : 0; round < rounds; round += 1) {
    for (const turn of round % 2 === 0 ? turns : turns.toReversed()) {
      turn.before?.();
      const value = turn.measure();
      if (round >= 0) values[turns.indexOf(turn)]?.push(value);
    }
  }
  return turns.map(({ party }, index) => ({ party, values: values[index] ?? [] }));
}

/** The milliseconds that a command takes. The command must succeed. */
export function timeCommand(command: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const [program = "", ...args] = command;
  const begun = performance.now();
  const { status, error } = spawnSync(program, args, { stdio: "ignore", env });
  const took = performance.now() - begun;
  if (error !== undefined || status !== 0)
    throw new Error(`${command.join(" ")}: ${error?.message ?? `status ${String(status)}`}`);
  return took;
}

/** The most memory, in MB, that a command's process had at once (VmHWM of proc_pid_status(5)). Looks until it ends. */
export function findPeakMemory(command: readonly string[], env: NodeJS.ProcessEnv): number {
  const [program = "", ...args] = command;
  const { pid } = spawn(program, args, { stdio: "ignore", env });
  let kilobytes = 0;
  // It does not return to the event loop, so the process stays a zombie, which has no memory, until that is seen.
  for (;;) {
    const found = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1];
    if (found === undefined) return kilobytes / 1024;
    kilobytes = Number(found);
  }
}
