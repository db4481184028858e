import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { thaw } from "../snapshots/thaw.ts";
import { findHolder } from "./hold.ts";

/** Thaws what a killed command left frozen of a sandbox. A command that holds it still needs what is frozen. */
export async function thawLeft(name: SandboxName): Promise<void> {
  if ((await findHolder(name)) === undefined) await thaw(name);
}
