import { existsSync } from "node:fs";
import { SandboxError } from "../../base/errors.ts";
import { rootTree } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { undertake } from "../sandbox/hold/unfinished.ts";
import { isFullDisk } from "../sandbox/full-disk.ts";
import { hasImage } from "../sandbox/image/mount-image.ts";
import { describeLost, findLost, wasMade } from "../sandbox/root-gone.ts";
import { withFrozen } from "../sandbox/snapshots/freeze.ts";
import * as snapshots from "../sandbox/snapshots/snapshots.ts";
import { withProgress } from "./output.ts";

/** Throws a SandboxError unless a sandbox has a root that can be kept. */
export function requireRootThere(name: SandboxName): void {
  const lost = wasMade(name) ? findLost(name) : undefined;
  if (lost !== undefined) throw describeLost(name, lost, snapshots.listSnapshots(name).at(-1)?.snapshot);
  if (!existsSync(rootTree(name)) && !hasImage(name))
    throw new SandboxError(`sandbox ${name} has no root yet`, {
      hint: `Make it: systemctl start sandbox-root@${name}.service`,
    });
}

/**
 * Keeps a copy of the root, while nothing writes into it. All or nothing, even if it is killed: the next command cleans up. The
 * caller must hold the sandbox. Returns how long it was frozen if it runs, in seconds.
 */
export async function keepSnapshot(name: SandboxName, snapshot: string): Promise<number> {
  let seconds = 0;
  const copy = async (): Promise<void> => {
    // It may have a million files, and nobody has to stand still for them.
    await snapshots.removeHalfKept(name);
    await withFrozen(name, async (thaw) => {
      const began = performance.now();
      // What is copied is flushed while the sandbox runs again.
      await snapshots.keepSnapshot(name, snapshot, async () => {
        await thaw();
        seconds = (performance.now() - began) / 1000;
      });
    });
  };
  await undertake(name, { kind: "keeping", snapshot }, () => withProgress(`Copying the root of ${name}`, copy)).catch(
    (error: unknown) => {
      throw isFullDisk(error) ? describeNoRoom(name, error) : error;
    },
  );
  return seconds;
}

function describeNoRoom(name: SandboxName, error: Error): SandboxError {
  const oldest = snapshots.listSnapshots(name)[0]?.snapshot ?? "SNAPSHOT";
  return new SandboxError(`no space left for a snapshot of ${name}: ${error.message}`, {
    hint: `Free some space, for example: sandboxcontainer delete-snapshot ${name} ${oldest}`,
    cause: error,
  });
}
