import { spawn } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { join } from "node:path";
import { helperDirectory } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";

/** The terminal on the host's side of the console, from the domain's live XML. */
export function findConsole(liveXml: string): string {
  const terminal = /<console type='pty' tty='(\/dev\/pts\/\d+)'/.exec(liveXml)?.[1];
  if (terminal === undefined) throw new SandboxError("libvirt names no console terminal for the container");
  return terminal;
}

/** Leaves a process in our cgroup that copies the console to where our own output goes: the unit's journal. */
export function copyConsole(terminal: string): void {
  // Not as our controlling terminal: what the container writes there must not become signals.
  const descriptor = openSync(terminal, constants.O_RDONLY | constants.O_NOCTTY);
  spawn(join(helperDirectory, "copy-console"), {
    stdio: [descriptor, "inherit", "inherit"],
    detached: true,
  }).unref();
  closeSync(descriptor);
}
