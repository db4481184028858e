import type { Look } from "./look.ts";

/**
 * `same`: the sandbox shows what the bed shows. `differs`: it does not. `refused`: `create` refuses the service,
 * or it failed or ended, and `show` says why.
 * `not on the host`: the service does not run on the bed either. `not tried`: the bed itself needs the unit, or apt cannot
 * install the package.
 */
export type Verdict = "same" | "differs" | "refused" | "not on the host" | "not tried";

/** How the trial of one unit ended. */
export interface Outcome {
  readonly package: string;
  readonly unit: string;
  readonly verdict: Verdict;
  /** What differs, or the reason, one line for each. */
  readonly details: readonly string[];
  /** Settings that the product's own message proposed, and that were then set. */
  readonly settings: readonly string[];
  /** What a message contains if it is a stack trace. */
  readonly stack: string | null;
  /** Denials of SELinux. */
  readonly denials: readonly string[];
  readonly host: Look | null;
  readonly sandbox: Look | null;
}

/** The trial of one unit, without its name. */
export type Trial = Omit<Outcome, "package" | "unit">;

/** What a trial that ended early has to say, besides its verdict. */
export const emptyTrial = { details: [], settings: [], stack: null, denials: [], host: null, sandbox: null } as const;
