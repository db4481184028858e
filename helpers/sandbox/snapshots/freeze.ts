import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { imageMountPoint } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findContainerGroup } from "../../host/cgroup.ts";
import { findController } from "../../host/find-controller.ts";
import { orMissing } from "../../host/or-missing.ts";
import { isImageMounted } from "../image/mount-image.ts";

type Thaw = () => void;

/**
 * Runs `act` while nothing writes into the root of a sandbox: its processes are frozen, and a mounted image is complete
 * on disk. Everything always continues afterwards, even after Ctrl-C.
 */
export async function withFrozen<T>(name: SandboxName, act: () => Promise<T>): Promise<T> {
  const thaws: Thaw[] = [];
  const thawAll: Thaw = () => {
    for (const thaw of thaws.splice(0).toReversed()) thaw();
  };
  const end = (): void => {
    thawAll();
    process.exit(130);
  };
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, end);
  try {
    await freezeProcesses(name, thaws);
    if (isImageMounted(name)) freezeImage(imageMountPoint(name), thaws);
    return await act();
  } finally {
    thawAll();
    for (const signal of signals) process.off(signal, end);
  }
}

// fsfreeze(8) waits for current writes, and writes out everything else.
function freezeImage(mountPoint: string, thaws: Thaw[]): void {
  execFileSync("fsfreeze", ["--freeze", mountPoint]);
  thaws.push(() => execFileSync("fsfreeze", ["--unfreeze", mountPoint]));
}

async function freezeProcesses(name: SandboxName, thaws: Thaw[]): Promise<void> {
  const controller = findController(name);
  if (controller === undefined) return;
  const groups = orMissing(() => readFileSync(`/proc/${controller.initPid}/cgroup`, "utf8"));
  // It has just stopped, so there is nothing to freeze.
  if (groups === undefined) return;
  const freezer = findFreezer(groups);
  if (freezer === undefined)
    throw new SandboxError(`sandbox ${name} cannot be frozen: this host has no cgroup freezer`, {
      hint: `Stop it first: systemctl stop sandbox@${name}`,
    });
  thaws.push(() => {
    writeFileSync(freezer.file, freezer.thaw);
  });
  writeFileSync(freezer.file, freezer.freeze);
  const deadline = performance.now() + 10_000;
  while (!freezer.isFrozen(readFileSync(freezer.state, "utf8"))) {
    if (performance.now() > deadline)
      throw new SandboxError(`sandbox ${name} did not freeze within ten seconds`, {
        hint: `Stop it first: systemctl stop sandbox@${name}`,
      });
    await sleep(5);
  }
}

interface Freezer {
  readonly file: string;
  readonly freeze: string;
  readonly thaw: string;
  readonly state: string;
  readonly isFrozen: (text: string) => boolean;
}

/**
 * Finds where the cgroup of a container is frozen, from the cgroups of its PID 1 (proc_pid_cgroup(5)), version 1 or 2.
 */
export function findFreezer(cgroups: string): Freezer | undefined {
  // Root inside may move processes, even PID 1, into cgroups below the container's. The container's own cgroup contains
  // all of them.
  const folderOf = (line: RegExp): string | undefined =>
    findContainerGroup((line.exec(cgroups)?.[1] ?? "").replace(/\/init\.scope$/, ""));
  const first = folderOf(/^\d+:freezer:(\/.+)$/m);
  if (first !== undefined) {
    const file = `/sys/fs/cgroup/freezer${first}/freezer.state`;
    return { file, freeze: "FROZEN", thaw: "THAWED", state: file, isFrozen: (text) => text.trim() === "FROZEN" };
  }
  const second = folderOf(/^0::(\/.+)$/m);
  if (second === undefined) return undefined;
  const folder = `/sys/fs/cgroup${second}`;
  return {
    file: `${folder}/cgroup.freeze`,
    freeze: "1",
    thaw: "0",
    state: `${folder}/cgroup.events`,
    isFrozen: (text) => /^frozen 1$/m.test(text),
  };
}
