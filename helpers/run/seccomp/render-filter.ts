import type { Conf } from "../../../generator/conf/conf.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { addedCapabilities } from "../prepare/capabilities.ts";
import { assembleFilter } from "./assemble-filter.ts";
import { expandFilter } from "./expand-filter.ts";
import { planFilter } from "./plan-filter.ts";
import { systemCalls } from "./system-calls.ts";

/** Programs for inside/filter. */
export interface Filters {
  /** Of PID 1, what it starts, and what enters. */
  readonly sandbox: string;
  /** Of the maintainer scripts that run before the first start. */
  readonly configuration: string;
}

/** Writes the system call filters of a sandbox. Throws a SandboxError on an unknown call or architecture. */
export async function renderFilters(
  conf: Pick<Conf, "Exec" | "Capabilities" | "UserNamespace" | "SystemCallFilter">,
): Promise<Filters> {
  const calls = systemCalls[process.arch];
  if (calls === undefined) throw new SandboxError(`the numbers of the system calls of ${process.arch} are not known`);
  const lines = await expandFilter(conf.SystemCallFilter);
  const render = (units: boolean, added: ReadonlySet<string>): string =>
    assembleFilter(planFilter({ units, added, lines }), calls);
  return {
    sandbox: render(conf.Exec === undefined, addedCapabilities(conf)),
    configuration: render(false, new Set()),
  };
}
