import { existsSync } from "node:fs";
import { frozenFile } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { thawSuspended } from "../host/process/cgroup.ts";

/** Before a start: thaws what a killed command left frozen of a sandbox. */
export async function thawFrozen(name: SandboxName): Promise<void> {
  if (!existsSync(frozenFile(name))) return;
  // This is seldom needed and slow to load.
  const { thawLeft } = await import("../sandbox/hold/leftovers.ts");
  await thawLeft(name);
}

/** Before a stop: the same, and what somebody else froze. What a command has frozen that still runs stays so until it is done. */
export async function thawForStop(name: SandboxName): Promise<void> {
  if (existsSync(frozenFile(name))) await thawFrozen(name);
  else thawSuspended(name);
}
