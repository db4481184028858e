import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing, writeFile } from "../../../base/files.ts";
import { frozenFile, imageMountPoint } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { findController } from "../../host/libvirt/find-controller.ts";
import { findFreezer, type Freezer, readGroups } from "../../host/process/cgroup.ts";
import { run, runAtOnce } from "../../host/process/run.ts";
import { isImageMounted } from "../image/mount-image.ts";

/**
 * Runs `act` while nothing writes into the root of a sandbox: its processes are frozen, and a mounted image is complete
 * on disk. Everything always continues afterwards, even after Ctrl-C, and if we are killed; before the end of `act` if that calls
 * `thaw`.
 */
export async function withFrozen<T>(name: SandboxName, act: (thaw: () => Promise<void>) => Promise<T>): Promise<T> {
  const freezer = findRunningFreezer(name);
  const mountPoint = isImageMounted(name) ? imageMountPoint(name) : undefined;
  if (freezer === undefined && mountPoint === undefined) return act(() => Promise.resolve());
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
    return await act(thaw);
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

/** What a command freezes: an image, by its mount point, and a cgroup, by the file and the word that thaw it. */
export interface Frozen {
  readonly mountPoint?: string | undefined;
  readonly group?: { readonly file: string; readonly thaw: string } | undefined;
}

// Thaws once our end of its input closes: we close it, or the kernel does when we are killed. What has thawed stays so.
const keepPromise = `cat >/dev/null
[ -z "$1" ] || fsfreeze --unfreeze "$1"; [ ! -e "$2" ] || printf %s "$3" >"$2"; rm -f "$0"`;

/**
 * Writes down what is about to be frozen, and starts a process that thaws it when we end, however we end. If that is
 * killed as well, `thaw` can do it later. The returned function thaws.
 */
export async function promiseThaw(name: SandboxName, { mountPoint, group }: Frozen): Promise<() => Promise<void>> {
  writeFile(frozenFile(name), JSON.stringify({ mountPoint, group }));
  const words = [frozenFile(name), mountPoint ?? "", group?.file ?? "", group?.thaw ?? ""];
  // In a session of its own it outlives Ctrl-C.
  const child = spawn("sh", ["-c", keepPromise, ...words], { stdio: ["pipe", "ignore", "ignore"], detached: true });
  // Nothing may be frozen before that process is there.
  await once(child, "spawn").catch((error: unknown) => {
    rmSync(frozenFile(name), { force: true });
    throw error;
  });
  const exited = once(child, "exit");
  return async () => {
    child.stdin.end();
    await exited;
    await thaw(name);
  };
}

/** Thaws what a command of ours has frozen of a sandbox, if anything. */
export async function thaw(name: SandboxName): Promise<void> {
  const text = orMissing(() => readFileSync(frozenFile(name), "utf8"));
  if (text === undefined) return;
  const { mountPoint, group } = parseFrozen(text);
  // It fails if nothing is frozen.
  if (mountPoint !== undefined) await run("fsfreeze", ["--unfreeze", mountPoint], { accept: [1] });
  if (group !== undefined && existsSync(group.file)) writeFile(group.file, group.thaw);
  rmSync(frozenFile(name), { force: true });
}

// A command that was killed while it wrote the file has not frozen anything.
function parseFrozen(text: string): Frozen {
  try {
    return JSON.parse(text) as Frozen;
  } catch {
    return {};
  }
}
