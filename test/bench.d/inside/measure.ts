import { readFileSync } from "node:fs";
import { spawn, spawnSync } from "node:child_process";
import type { Series } from "../results.ts";

/** One party's turn. */
export interface Turn {
  readonly party: string;
  /** What has to be so before, not measured. */
  readonly before?: () => void;
  /** Returns what it measured. */
  readonly measure: () => number;
}

/**
 * Gives each party its turn, round by round, so that what else the machine does falls on all of them; every second
 * round in the reverse order, as what a turn leaves the kernel to do falls on the one after it. Of several, a round before the first is for warming up.
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

/** The milliseconds of a command that has to succeed. */
export function timeCommand(command: readonly string[], env: NodeJS.ProcessEnv = process.env): number {
  const [program = "", ...args] = command;
  const begun = performance.now();
  const { status, error } = spawnSync(program, args, { stdio: "ignore", env });
  const took = performance.now() - begun;
  if (error !== undefined || status !== 0)
    throw new Error(`${command.join(" ")}: ${error?.message ?? `status ${String(status)}`}`);
  return took;
}

/** The most memory, in MB, that a command's process had at once (VmHWM of proc_pid_status(5)), looked at until it ended. */
export function findPeakMemory(command: readonly string[], env: NodeJS.ProcessEnv): number {
  const [program = "", ...args] = command;
  const { pid } = spawn(program, args, { stdio: "ignore", env });
  let kilobytes = 0;
  // Without going back to the event loop, so that it stays as a zombie, which has no memory, until it was seen.
  for (;;) {
    const found = /^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"))?.[1];
    if (found === undefined) return kilobytes / 1024;
    kilobytes = Number(found);
  }
}
