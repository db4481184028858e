/** How the service inside ended, as inside/ended and inside/init report it. */
export type Ending =
  { readonly kind: "exited"; readonly status: number } | { readonly kind: "killed"; readonly signal: number };

/**
 * Parses a text whose first line is `ended exited STATUS` or `ended killed SIGNAL`. Root inside writes it, so anything
 * else is possible, and gives undefined.
 */
export function parseEnding(text: string): Ending | undefined {
  const [, kind, digits = ""] = /ended (exited|killed) (\d{1,3})$/.exec(text.split("\n")[0] ?? "") ?? [];
  const number = Number(digits);
  if (kind === "exited" && number <= 255) return { kind, status: number };
  return kind === "killed" && number >= 1 && number <= 64 ? { kind, signal: number } : undefined;
}

// systemd counts these as clean for a main process (SuccessExitStatus= in systemd.service(5)): HUP, INT, PIPE and TERM.
const cleanSignals: readonly number[] = [1, 2, 13, 15];

export const isClean = (ending: Ending): boolean =>
  ending.kind === "exited" ? ending.status === 0 : cleanSignals.includes(ending.signal);
