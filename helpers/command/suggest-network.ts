import { loadConf } from "../../generator/conf/load-conf.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { parseSandboxName, type SandboxName } from "../../generator/conf/sandbox-name.ts";
import type { UnitProperties } from "../host/systemd.ts";

/**
 * Suggests a network if a service failed in a sandbox that has only a loopback, because it may have looked for an
 * interface. Null if that cannot be the reason. `said` has the messages of our helpers in the last start.
 */
export function suggestNetwork(unit: string, properties: UnitProperties, said: string): string | null {
  const name = /^sandbox@(.+)\.service$/.exec(unit)?.[1];
  if (name === undefined || !failedByItself(name, properties, said)) return null;
  if (!hasLoopbackOnly(parseSandboxName(name))) return null;
  return `It has only a loopback interface. A service that looks for another interface needs Network=: sandboxcontainer set ${name} Network=default`;
}

/** Whether the service inside failed, at its start (see launch) or later, and not our own work around it. */
export function failedByItself(name: string, properties: UnitProperties, said: string): boolean {
  if (!["exit-code", "signal", "core-dump"].includes(String(properties["Result"]))) return false;
  // In that case libvirt's controller is the main process and ends well (CLD_EXITED, or CLD_KILLED by SIGTERM). The
  // result is the one of detach.
  const [code, status] = [Number(properties["ExecMainCode"]), Number(properties["ExecMainStatus"])];
  const wasReady = (code === 1 && status === 0) || (code === 2 && status === 15);
  return wasReady || said.split("\n").includes(`the service of ${name} did not start`);
}

function hasLoopbackOnly(name: SandboxName): boolean {
  try {
    return loadConf(name).Network.kind === "none";
  } catch (error) {
    if (error instanceof SandboxError) return false;
    throw error;
  }
}
