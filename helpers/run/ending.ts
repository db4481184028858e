/** How the service inside ended, as inside/ended and inside/init tell it. */
export type Ending =
  { readonly kind: "exited"; readonly status: number } | { readonly kind: "killed"; readonly signal: number };

/** From a text whose first line is `ended exited STATUS` or `ended killed SIGNAL`; undefined for anything else, as root inside writes it. */
export function parseEnding(text: string): Ending | undefined {
  const [, kind, digits = ""] = /ended (exited|killed) (\d{1,3})$/.exec(text.split("\n")[0] ?? "") ?? [];
  const number = Number(digits);
  if (kind === "exited" && number <= 255) return { kind, status: number };
  return kind === "killed" && number >= 1 && number <= 64 ? { kind, signal: number } : undefined;
}

// As systemd counts them for a main process (SuccessExitStatus= in systemd.service(5)): HUP, INT, PIPE and TERM.
const cleanSignals: readonly number[] = [1, 2, 13, 15];

export const isClean = (ending: Ending): boolean =>
  ending.kind === "exited" ? ending.status === 0 : cleanSignals.includes(ending.signal);
