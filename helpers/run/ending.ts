import { existsSync, readFileSync } from "node:fs";
import { orMissing } from "../../base/files.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { runtimeFile } from "./running/run-record.ts";

/**
 * Returns whether all that the console said is in the journal. copy-console writes down which process does it; while the
 * file is empty, launch is about to start it.
 */
export function isConsoleCopied(name: SandboxName): boolean {
  const text = orMissing(() => readFileSync(runtimeFile(name, "console"), "utf8"));
  if (text === undefined) return true;
  const pid = text.trim();
  return pid !== "" && !existsSync(`/proc/${pid}`);
}

/** How the service inside ended, as inside/ended and inside/init report it. */
export type Ending =
  { readonly kind: "exited"; readonly status: number } | { readonly kind: "killed"; readonly signal: number };

// Those that stop a process, let it go on or do nothing (signal(7)): SIGCHLD, SIGCONT, SIGSTOP, SIGTSTP, SIGTTIN, SIGTTOU,
// SIGURG and SIGWINCH. The numbers are the same on all architectures that we build for.
const endNothing: readonly number[] = [17, 18, 19, 20, 21, 22, 23, 28];

/**
 * Parses a text whose first line is `ended exited STATUS` or `ended killed SIGNAL`. Root inside writes it, so anything
 * else is possible, and gives undefined.
 */
export function parseEnding(text: string): Ending | undefined {
  const [, kind, digits = ""] = /ended (exited|killed) (\d{1,3})$/.exec(text.split("\n")[0] ?? "") ?? [];
  const number = Number(digits);
  if (kind === "exited" && number <= 255) return { kind, status: number };
  const isSignal = number >= 1 && number <= 64 && !endNothing.includes(number);
  return kind === "killed" && isSignal ? { kind, signal: number } : undefined;
}

// systemd counts these as clean for a main process (SuccessExitStatus= in systemd.service(5)): HUP, INT, PIPE and TERM.
const cleanSignals: readonly number[] = [1, 2, 13, 15];

export const isClean = (ending: Ending): boolean =>
  ending.kind === "exited" ? ending.status === 0 : cleanSignals.includes(ending.signal);

/** Whether nothing went wrong: it has done its work, or was asked to end. */
export const isExpected = (ending: Ending): boolean =>
  ending.kind === "exited" ? ending.status === 0 : ending.signal === 15;

/** How the service of a sandbox ended; undefined if it did not say. */
export const readEnding = (name: SandboxName): Ending | undefined =>
  parseEnding(orMissing(() => readFileSync(runtimeFile(name, "ended"), "utf8")) ?? "");
