import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { writeFile } from "../../host/write-file.ts";
import { frozenFile } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";
import { run } from "../../host/run.ts";

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
