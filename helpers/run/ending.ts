import { readFileSync } from "node:fs";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { orMissing } from "../host/or-missing.ts";
import { runtimeFile } from "./runtime-file.ts";

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
