import { spawn } from "node:child_process";
import { closeSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { join } from "node:path";
import { helperDirectory, runtimeDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { openTerminal } from "../open-terminal.ts";
import { runtimeFile } from "../start-files.ts";

/** What the copier of a console is given. */
export interface Console {
  /** The container's terminal on the host, as `/dev/pts/3`; undefined when the container has ended. */
  readonly terminal: string | undefined;
  /** Where inside says how it ended: read when the console has ended. */
  readonly ended: number;
  /** The writing side of `outcome`: it stays open for as long as there is a container. */
  readonly outcome: number;
  /** Whether journald inside forwards to the console, with its own time before each line. */
  readonly isJournald: boolean;
}

// What journald inside puts before all that it forwards.
const stamp = String.raw`(\[ *[0-9]+\.[0-9]{6}\] )?`;

/** Leaves two processes behind that copy the console to the journal and write down how the container ends (helpers/copy-console). */
export async function copyConsole(name: SandboxName, console: Console): Promise<void> {
  // Written by the copier; stop waits for the process that it names.
  writeFileSync(runtimeFile(name, "console"), "");
  const input = console.terminal === undefined ? undefined : openTerminal(console.terminal, name);
  const copier = spawn(join(helperDirectory, "copy-console"), ["ended"], {
    cwd: runtimeDirectory(name),
    env: { ...process.env, ...(console.isJournald ? { stamp } : {}) },
    stdio: [input ?? "ignore", "inherit", "inherit", null, null, null, null, console.ended, console.outcome],
  });
  await once(copier, "exit");
  if (input !== undefined) closeSync(input);
}
