import { readdirSync } from "node:fs";
import { ConfError, ConfErrors, SandboxError } from "../../base/errors.ts";
import { stateRoot } from "../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../base/sandbox-name.ts";
import { listSandboxes } from "../../conf/load-conf.ts";

/** Lists all names that have a conf or a root, sorted. */
export function listNames(): readonly SandboxName[] {
  const confs = listSandboxes().map(({ name }) => name);
  return [...new Set([...confs, ...listRoots()])].sort();
}

function listRoots(): readonly SandboxName[] {
  try {
    return readdirSync(stateRoot).filter(isSandboxName);
  } catch {
    return [];
  }
}

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
