import { existsSync } from "node:fs";
import { unfinishedFile } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findHolder } from "./hold.ts";
import { describeBroken, isBroken, readUnfinished } from "./unfinished.ts";

/** Throws a SandboxError if a killed command left a sandbox in an unusable state. The caller must hold the name. */
export function requireWhole(name: SandboxName): void {
  const found = readUnfinished(name);
  if (found !== undefined && isBroken(found.task)) throw describeBroken(name, found);
}

/** The same for whoever does not hold it: a command that does may be making the sandbox. */
export async function requireWholeOrHeld(name: SandboxName): Promise<void> {
  if (!existsSync(unfinishedFile(name)) || (await findHolder(name)) !== undefined) return;
  requireWhole(name);
}
