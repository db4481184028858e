import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { heldFile } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { readStart } from "../../host/process/processes.ts";
import { run } from "../../host/process/run.ts";
import type { Systemd } from "../../host/systemd/systemd.ts";
import { thaw } from "../snapshots/freeze.ts";
import { printableName } from "../untrusted-text.ts";
import { findHalfWritten } from "./half-written.ts";

// Node has no flock(2). The child keeps the lock until our end of its input closes: we close it, or the kernel does
// when we are killed. Status 75: somebody else has the lock. 76: the previous holder has removed the file meanwhile.
// The child removes the file, because we may be gone by then. Nobody else may open it, not even to read: that is enough to
// lock it (flock(2)).
const keepLock = `umask 077; exec 9>>"$0"; flock --timeout 1 9 || exit 75; [ /proc/self/fd/9 -ef "$0" ] || exit 76
printf '%s\\n' "$1" 2>/dev/null >"$0" && echo locked && cat; status=$?; rm -f "$0"; exit $status`;

type Release = () => Promise<void>;

/**
 * Runs `act` while no other command copies, moves or changes these sandboxes, and none of them can start: start jobs
 * wait until sandbox-hold@ ends. A running sandbox keeps running. Throws a SandboxError that names the holder if one of
 * them is held.
 */
export async function withHeld<T>(
  systemd: Systemd,
  names: readonly SandboxName[],
  act: () => Promise<T>,
  mark?: typeof startsAgain,
): Promise<T> {
  const releases: Release[] = [];
  try {
    // All commands use the same order, so that no two can wait for each other.
    for (const name of [...new Set(names)].sort()) releases.unshift(await hold(systemd, name, mark));
    for (const path of names.flatMap((name) => findHalfWritten(name))) rmSync(path, { force: true });
    return await act();
  } finally {
    for (const release of releases) await release();
  }
}

/** The same for a unit that systemd already orders before everything that starts the sandbox. */
export async function withLock<T>(name: SandboxName, act: () => Promise<T>): Promise<T> {
  const release = await lock(name);
  try {
    return await act();
  } finally {
    await release();
  }
}

/**
 * Finds the command that holds a sandbox, as it describes itself; undefined if none does. One that was killed does not, although
 * its child may still have the lock for a moment.
 */
export async function findHolder(name: SandboxName): Promise<string | undefined> {
  const file = heldFile(name);
  if (!existsSync(file)) return undefined;
  const { status } = await run("flock", ["--nonblock", "--shared", file, "true"], { accept: [1, 66] });
  if (status !== 1) return undefined;
  const holder = orMissing(() => readFileSync(file, "utf8"))?.split("\n", 1)[0];
  return holder === undefined || hasEnded(holder) ? undefined : holder;
}

async function hold(systemd: Systemd, name: SandboxName, mark?: typeof startsAgain): Promise<Release> {
  const unlock = await lock(name, mark);
  const begin = () => systemd.beginJob("StartUnit", `sandbox-hold@${name}.service`);
  const first = await begin().catch(async (error: unknown) => {
    await unlock();
    throw error;
  });
  let isHeld = true;
  const followUnit = async (): Promise<void> => {
    // systemd may have mistaken the unit of a predecessor that was just killed for ours, and that unit may end.
    for (let job = first; (await job.ended) === "done" && isHeld;) job = await begin();
  };
  // What is held is held by the lock. A bus that breaks must not end what the command does with it.
  const ended = followUnit().catch(() => undefined);
  return async () => {
    isHeld = false;
    await unlock();
    await ended;
  };
}

async function lock(name: SandboxName, mark?: typeof startsAgain): Promise<Release> {
  const file = heldFile(name);
  mkdirSync(dirname(file), { recursive: true, mode: 0o711 });
  const holder = `${nameCommand(process.argv.slice(2))} (process ${process.pid})`;
  const words = mark === undefined ? holder : `${holder}\n${mark}`;
  for (;;) {
    // The child has its own session: Ctrl-C then reaches only us, and we still have the lock while we clean up.
    const child = spawn("sh", ["-c", keepLock, file, words], { stdio: ["pipe", "pipe", "inherit"], detached: true });
    const exited = once(child, "exit") as Promise<[number | null]>;
    const isLocked = await Promise.race([once(child.stdout, "data").then(() => true), exited.then(() => false)]);
    if (isLocked) {
      await thaw(name);
      return async () => {
        child.stdin.end();
        const [status] = await exited;
        // Somebody has killed the child. What it had started still has the lock for a moment.
        if (status !== 0) await run("flock", ["--timeout", "1", file, "rm", "-f", file], { accept: [1, 66] });
      };
    }
    const [status] = await exited;
    if (status === 76) continue;
    const other = status === 75 ? await findHolder(name) : undefined;
    // The child of a killed command is about to release its lock.
    if (status === 75 && other === undefined) continue;
    throw other === undefined
      ? new SandboxError(`${file} cannot be locked`, { hint: "It needs flock of util-linux, and space in /run" })
      : new SandboxError(`sandbox ${name} is held by \`${other}\``, { hint: "Try again when that command has ended" });
  }
}

// A holder describes itself in the form `sandboxcontainer clone a b (process 12)`.
function hasEnded(holder: string): boolean {
  const pid = /\(process (\d+)\)$/.exec(holder)?.[1];
  return pid !== undefined && readStart(Number(pid)) === undefined;
}

/**
 * The second line of the file of a hold, if its command starts the sandbox again when it has ended. The first line names
 * the command.
 */
export const startsAgain = "starts it again";

/** The arguments of a command on one line. */
export const nameCommand = (words: readonly string[]): string =>
  printableName(["sandboxcontainer", ...words].join(" "));
