import { existsSync } from "node:fs";
import { unfinishedFile } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findHolder } from "./hold.ts";
import { describeBroken, isBroken, readUnfinished } from "./unfinished.ts";

/** Throws a SandboxError if a killed command left a sandbox in an unusable state. */
export async function requireWhole(name: SandboxName): Promise<void> {
  if (!existsSync(unfinishedFile(name))) return;
  const found = readUnfinished(name);
  if (found === undefined || !isBroken(found.task) || (await findHolder(name)) !== undefined) return;
  throw describeBroken(name, found);
}
