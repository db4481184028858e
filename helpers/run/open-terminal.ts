import { closeSync, constants, openSync } from "node:fs";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { findControllerPid } from "../host/find-controller.ts";

/** Opens the host's side of a container's console for reading; undefined when the container has ended. */
export function openTerminal(path: string, name: SandboxName): number | undefined {
  try {
    // The first process of a service leads a session. As its controlling terminal, what the container writes would send us signals.
    const terminal = openSync(path, constants.O_RDONLY | constants.O_NOCTTY);
    // With its controller a terminal is gone, and its name may be that of another container's.
    if (findControllerPid(name) !== undefined) return terminal;
    closeSync(terminal);
  } catch {
    // It has ended.
  }
  return undefined;
}
