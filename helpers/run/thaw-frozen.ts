import { existsSync } from "node:fs";
import { frozenFile } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";

/** Before a start or a stop: thaws what a killed command left frozen of a sandbox. */
export async function thawFrozen(name: SandboxName): Promise<void> {
  if (!existsSync(frozenFile(name))) return;
  // This is seldom needed and slow to load.
  const { thawLeft } = await import("../sandbox/hold/thaw-left.ts");
  await thawLeft(name);
}
