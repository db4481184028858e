import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";
import { findUninstalled } from "../../sandbox/uninstalled.ts";
import { startDirectory } from "../start-files.ts";

/**
 * Throws a SandboxError if the host no longer has a unit of the sandbox. systemd inside would wait for it until the start
 * takes too long.
 */
export async function requireUnits(name: SandboxName): Promise<void> {
  const units = (orMissing(() => readFileSync(join(startDirectory(name), "units"), "utf8")) ?? "").split("\n");
  const missing = findUninstalled(name, units.filter(Boolean));
  if (missing.length === 0) return;
  // This reads the packages of the host, which no other start needs.
  const { describeUninstalled } = await import("../../sandbox/describe-uninstalled.ts");
  throw await describeUninstalled(name, missing);
}
