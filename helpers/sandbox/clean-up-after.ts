import { rmSync } from "node:fs";
import type { SandboxName } from "../../base/sandbox-name.ts";
import type { Systemd } from "../host/systemd/systemd.ts";
import { isBroken, removeUnfinished, type Task } from "./hold/unfinished.ts";
import { removeHalfMade, removeSandbox } from "./remove-sandbox.ts";

/**
 * Ends the task of a killed command: removes what it was making or deleting, and its record. Returns false if only the same
 * command can end it. The caller must hold the name.
 */
export async function cleanUpAfter(systemd: Systemd, name: SandboxName, task: Task): Promise<boolean> {
  if (task.kind === "making") await removeHalfMade(systemd, name);
  else if (task.kind === "deleting") await removeSandbox(systemd, name);
  // A complete archive has its own name already.
  else if (task.kind === "exporting") rmSync(task.beside, { force: true });
  else if (isBroken(task)) return false;
  removeUnfinished(name);
  return true;
}
