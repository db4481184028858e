import { describeError, SandboxError } from "../../base/errors.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { measureRoot } from "../sandbox/measure-root.ts";
import { warn } from "./output.ts";

/** What roots take on disk, in bytes; null without a root, or if it cannot be measured. */
export type RootSizes = ReadonlyMap<SandboxName, number | null>;

/** Reads all of many roots. */
export const measureRoots = async (names: readonly SandboxName[]): Promise<RootSizes> =>
  new Map(await Promise.all(names.map(async (name) => [name, await measureRoot(name).catch(warnOf)] as const)));

// An image that cannot be mounted hides nothing of the others.
function warnOf(error: unknown): null {
  if (!(error instanceof SandboxError)) throw error;
  warn(describeError(error));
  return null;
}
