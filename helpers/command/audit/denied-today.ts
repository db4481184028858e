import { ofSandbox } from "./group-denials.ts";
import type { SandboxFacts } from "../sandbox-facts.ts";
import type { Denial } from "./parse-audit.ts";
import { parseSince } from "./parse-since.ts";
import { readDenials } from "./read-audit.ts";

/** Counts what SELinux or AppArmor denied to a sandbox since midnight; null if that is not known. */
export type CountDenials = (sandbox: Pick<SandboxFacts, "name" | "level" | "profile">) => number | null;

/** Reads the denials once, for all sandboxes. If that fails, the other facts are still worth showing. */
export async function readDeniedToday(): Promise<CountDenials> {
  const denials: readonly Denial[] | undefined = await readDenials(parseSince("today", new Date())).catch(
    () => undefined,
  );
  return ({ name, level, profile }) =>
    denials === undefined || (level ?? profile) === null ? null : ofSandbox(denials, name, level ?? undefined).length;
}
