import { spawn } from "node:child_process";
import { closeSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { writeFile } from "../../host/write-file.ts";
import { helperDirectory, runtimeDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { openTerminal } from "../open-terminal.ts";
import { runtimeFile } from "../runtime-file.ts";

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
