import { closeSync, constants, openSync } from "node:fs";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { findControllerPid } from "../host/libvirt/find-controller.ts";

/** Opens the host's side of a container's console for reading; undefined if the container has ended. */
export function openTerminal(path: string, name: SandboxName): number | undefined {
  try {
    // The first process of a service leads a session. If this became its controlling terminal, the container's output
    // could send us signals.
    const terminal = openSync(path, constants.O_RDONLY | constants.O_NOCTTY);
    // A terminal goes away with its controller, and another container may then use its name.
    if (findControllerPid(name) !== undefined) return terminal;
    closeSync(terminal);
  } catch {
    // The container has ended.
  }
  return undefined;
}
