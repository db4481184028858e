import { ConfError, ConfErrors, describeError, SandboxError } from "../../base/errors.ts";
import type { Systemd } from "../host/systemd/systemd.ts";
import { textOf } from "../host/systemd/unit-properties.ts";
import { findHolder } from "../sandbox/hold/hold.ts";
import { listOwnBroken } from "../sandbox/hold/unfinished.ts";

/**
 * Runs work on a unit, and tells a person what systemd knows about its state (STATUS= in sd_notify(3)), once a second.
 * On a quick start there is nothing to tell.
 */
export async function tellStatus<Result>(
  systemd: Pick<Systemd, "readUnit">,
  unit: string,
  tell: (status: string) => void,
  work: Promise<Result>,
): Promise<Result> {
  const look = async (): Promise<void> => {
    const status = textOf(await systemd.readUnit(unit), "StatusText");
    if (status !== "") tell(status);
  };
  // If systemd does not answer, the work itself will say so.
  const timer = setInterval(() => void look().catch(() => undefined), 1000);
  try {
    return await work;
  } finally {
    clearInterval(timer);
  }
}

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
