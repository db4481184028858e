import type { Conf } from "../../../generator/conf/conf.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { addedCapabilities } from "../prepare/capabilities.ts";
import { assembleFilter } from "./assemble-filter.ts";
import { expandFilter } from "./expand-filter.ts";
import { planFilter } from "./plan-filter.ts";
import { systemCalls } from "./system-calls.ts";

/** Writes the system call filter of a sandbox for inside/filter. Throws a SandboxError on an unknown call or architecture. */
export async function renderFilter(
  conf: Pick<Conf, "Exec" | "Capabilities" | "UserNamespace" | "SystemCallFilter">,
): Promise<string> {
  const calls = systemCalls[process.arch];
  if (calls === undefined) throw new SandboxError(`the numbers of the system calls of ${process.arch} are not known`);
  const lines = await expandFilter(conf.SystemCallFilter);
  const plan = planFilter({ units: conf.Exec === undefined, added: addedCapabilities(conf), lines });
  return assembleFilter(plan, calls);
}
