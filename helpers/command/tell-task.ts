import { describeError, SandboxError } from "../../generator/conf/sandbox-error.ts";
import { listOwnBroken } from "../sandbox/hold/unfinished.ts";

/** Adds to an error which sandboxes this command has left incomplete, and that the same command does the rest. */
export function tellTask(error: unknown): unknown {
  if (error instanceof SandboxError && error.status === 2) return error;
  const names = listOwnBroken();
  if (names.length === 0) return error;
  return new SandboxError(describeError(error), {
    hint: `Sandbox ${names.join(" and ")} is incomplete now. The same command again does the rest`,
    cause: error,
  });
}
