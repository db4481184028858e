import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { helperDirectory, mountsDirectory, runtimeDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { type OpenPipe, openPipe, openReader } from "../../host/process/pipes.ts";
import { openTerminal } from "../open-terminal.ts";
import type { StartPlan } from "../plan/start-plan.ts";
import { runtimeFile } from "../running/run-record.ts";

/** The input of a console's copier. */
export interface Console {
  /** The container's terminal on the host, such as `/dev/pts/3`; undefined if the container has ended. */
  readonly terminal: string | undefined;
  /** The pipe in which the inside reports how it ended. It is read once the console has ended. */
  readonly ended: number;
  /** The writing side of `outcome`. It stays open as long as the container exists. */
  readonly outcome: number;
  /** Whether journald inside forwards to the console, with its own time before each line. */
  readonly isJournald: boolean;
}

/**
 * Leaves a process behind that copies the console to the journal and records how the container ends
 * (helpers/native/copy-console.c).
 */
export async function copyConsole(name: SandboxName, console: Console): Promise<void> {
  // The copier writes this file; stop waits for the process that it names.
  writeFile(runtimeFile(name, "console"), "");
  const input = console.terminal === undefined ? undefined : openTerminal(console.terminal, name);
  const copier = spawn(
    join(helperDirectory, "copy-console"),
    ["--ended", ...(console.isJournald ? ["--journald"] : [])],
    {
      cwd: runtimeDirectory(name),
      stdio: [input ?? "ignore", "inherit", "inherit", null, null, null, null, console.ended, console.outcome],
    },
  );
  const [status] = (await once(copier, "exit")) as [number | null];
  if (input !== undefined) closeSync(input);
  // Without it nobody would learn how the service ends.
  if (status !== 0)
    throw new SandboxError(`the console of ${name} cannot be copied to the journal`, {
      hint: "copy-console says why. If it cannot fork, allow more processes: TasksMax= of the unit",
    });
}

/** The pipes in /run/host inside, opened on our side. */
export interface Pipes {
  /** The inside reports here that it is ready, or why it is not. */
  readonly outcome: OpenPipe;
  /** The inside reports here how it ended. */
  readonly ended: number;
  /** systemd inside opens this once the sandbox's units are active. */
  readonly active: number | undefined;
  /** PID 1 inside waits at this until it may have more files open. */
  readonly files: OpenPipe | undefined;
  /** And at this until its link is there. */
  readonly link: OpenPipe | undefined;
}

/** Call this before anything runs that could replace the pipes. */
export function openPipes(name: SandboxName, { active, files, link }: StartPlan["pipes"]): Pipes {
  const path = (pipe: string): string => join(mountsDirectory(name), "run/host", pipe);
  return {
    outcome: openPipe(path("outcome")),
    ended: openReader(path("ended")),
    active: active ? openReader(path("active")) : undefined,
    files: files ? openPipe(path("files")) : undefined,
    link: link ? openPipe(path("link")) : undefined,
  };
}
