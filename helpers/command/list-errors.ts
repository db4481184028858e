import { ConfError, ConfErrors, SandboxError } from "../../generator/conf/sandbox-error.ts";

/** Lists what an error says, for JSON: one object for each mistake of a conf. */
export function listErrors(error: unknown): readonly Readonly<Record<string, unknown>>[] {
  const errors = error instanceof ConfErrors ? error.errors : [error];
  return errors.map((each) => ({
    message: each instanceof Error ? each.message : String(each),
    hint: each instanceof SandboxError ? each.hint : null,
    ...placeOf(each),
  }));
}

function placeOf(error: unknown): Readonly<Record<string, unknown>> {
  const { path = null, line = null, key = null } = error instanceof ConfError ? error : {};
  return { path, line, key };
}
