import assert from "node:assert/strict";
import type { Bed, Ran } from "./bed.ts";

interface Commands {
  readonly command: (...words: readonly string[]) => Promise<Ran>;
  /** Runs a script of sh inside a sandbox. */
  readonly inside: (name: string, script: string) => Promise<Ran>;
}

/** Runs the command of the bed. A failure is a result too. */
export function useCommand(bed: Bed): Commands {
  const command = (...words: readonly string[]): Promise<Ran> => bed.try("sandboxcontainer", ...words);
  return { command, inside: (name, script) => command("execute", name, "--", "sh", "-c", script) };
}

/** Requires that a command failed with this status, and said so in one line. */
export function oneLine(ran: Ran, status: number, text: RegExp): void {
  assert.equal(ran.status, status, ran.stderr);
  assert.match(ran.stderr, text);
  assert.equal(ran.stderr.trim().split("\n").length, 1, ran.stderr);
}
