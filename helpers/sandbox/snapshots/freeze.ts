import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { writeFile } from "../../host/write-file.ts";
import { imageMountPoint } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findController } from "../../host/find-controller.ts";
import { type Freezer, findFreezer, readGroups } from "../../host/freezer.ts";
import { runAtOnce } from "../../host/run-at-once.ts";
import { isImageMounted } from "../image/mount-image.ts";
import { promiseThaw } from "./thaw.ts";

/**
 * Runs `act` while nothing writes into the root of a sandbox: its processes are frozen, and a mounted image is complete
 * on disk. Everything always continues afterwards, even after Ctrl-C, and if we are killed.
 */
export async function withFrozen<T>(name: SandboxName, act: () => Promise<T>): Promise<T> {
  const freezer = findRunningFreezer(name);
  const mountPoint = isImageMounted(name) ? imageMountPoint(name) : undefined;
  if (freezer === undefined && mountPoint === undefined) return act();
  const thaw = await promiseThaw(name, { group: freezer, mountPoint });
  const end = (): void => {
    void thaw().finally(() => process.exit(130));
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    if (freezer !== undefined) await freezeProcesses(name, freezer);
    // fsfreeze(8) waits for current writes, and writes out everything else.
    if (mountPoint !== undefined)
      runAtOnce("fsfreeze", ["--freeze", mountPoint], `the image of sandbox ${name} cannot be frozen`);
    return await act();
  } finally {
    await thaw();
    for (const signal of signals) process.off(signal, end);
  }
}

/** Undefined if no process of the sandbox runs. */
function findRunningFreezer(name: SandboxName): Freezer | undefined {
  const controller = findController(name);
  if (controller === undefined) return undefined;
  const groups = readGroups(controller.pid);
  // It has just stopped, so there is nothing to freeze.
  if (groups === undefined) return undefined;
  const freezer = findFreezer(groups);
  if (freezer !== undefined) return freezer;
  throw new SandboxError(`sandbox ${name} cannot be frozen: this host has no cgroup freezer`, {
    hint: `Stop it first: systemctl stop sandbox@${name}`,
  });
}

async function freezeProcesses(name: SandboxName, freezer: Freezer): Promise<void> {
  writeFile(freezer.file, freezer.freeze);
  const deadline = performance.now() + 10_000;
  while (!freezer.isFrozen(readFileSync(freezer.state, "utf8"))) {
    if (performance.now() > deadline)
      throw new SandboxError(`sandbox ${name} did not freeze within ten seconds`, {
        hint: `Stop it first: systemctl stop sandbox@${name}`,
      });
    await sleep(5);
  }
}
