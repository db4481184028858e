import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findUninstalled } from "../../sandbox/uninstalled.ts";

/**
 * Throws a SandboxError if the host no longer has a unit of the sandbox. systemd inside would wait for it until the start
 * takes too long.
 */
export async function requireUnits(name: SandboxName, units: readonly string[]): Promise<void> {
  const missing = findUninstalled(name, units);
  if (missing.length === 0) return;
  // This reads the packages of the host, which no other start needs.
  const { describeUninstalled } = await import("../../sandbox/describe-uninstalled.ts");
  throw await describeUninstalled(name, missing);
}
