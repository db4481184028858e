import { ConfError, ConfErrors, describeError, SandboxError } from "../../generator/conf/sandbox-error.ts";
import { findHolder } from "../sandbox/hold/hold.ts";
import { listOwnBroken } from "../sandbox/hold/unfinished.ts";

/** Adds to an error which sandboxes this command has left incomplete, and that the same command does the rest. */
export async function tellTask(error: unknown): Promise<unknown> {
  // Wrong usage began nothing. A conf may be found wrong, or not be read, in the middle.
  if (error instanceof SandboxError && error.status === 2 && !isOfConf(error)) return error;
  const names = [];
  // What somebody holds belongs to another command with the same words, which still runs.
  for (const name of listOwnBroken()) if ((await findHolder(name)) === undefined) names.push(name);
  if (names.length === 0) return error;
  return new SandboxError(describeError(error), {
    hint: `${describe(names)} incomplete now. The same command again does the rest`,
    cause: error,
  });
}

const isOfConf = (error: SandboxError): boolean => error instanceof ConfError || error instanceof ConfErrors;

const describe = (names: readonly string[]): string =>
  names.length === 1 ? `Sandbox ${names.join()} is` : `Sandboxes ${names.join(" and ")} are`;
