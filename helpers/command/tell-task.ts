import { describeError, SandboxError } from "../../generator/conf/sandbox-error.ts";
import { findHolder } from "../sandbox/hold/hold.ts";
import { listOwnBroken } from "../sandbox/hold/unfinished.ts";

/** Adds to an error which sandboxes this command has left incomplete, and that the same command does the rest. */
export async function tellTask(error: unknown): Promise<unknown> {
  if (error instanceof SandboxError && error.status === 2) return error;
  const names = [];
  // What somebody holds belongs to another command with the same words, which still runs.
  for (const name of listOwnBroken()) if ((await findHolder(name)) === undefined) names.push(name);
  if (names.length === 0) return error;
  return new SandboxError(describeError(error), {
    hint: `${describe(names)} incomplete now. The same command again does the rest`,
    cause: error,
  });
}

const describe = (names: readonly string[]): string =>
  names.length === 1 ? `Sandbox ${names.join()} is` : `Sandboxes ${names.join(" and ")} are`;
