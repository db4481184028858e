import { SandboxError } from "../../../base/errors.ts";
import type { Conf } from "../../../conf/conf.ts";
import { addedCapabilities } from "../prepare/capabilities.ts";
import { assembleFilter } from "./assemble-filter.ts";
import { expandFilter } from "./expand-filter.ts";
import { type FilterLine, type FilterPlan, planFilter, type Wishes } from "./plan-filter.ts";
import { systemCalls } from "./system-calls.ts";

/** Programs for inside/filter. */
export interface Filters {
  /** For the first program of a start, which still has to mount. It denies nothing that `sandbox` allows. */
  readonly start: string;
  /** For PID 1, all that it starts, and what enters. */
  readonly sandbox: string;
  /** For the maintainer scripts that run before the first start. */
  readonly configuration: string;
}

type Asking = Pick<Conf, "Exec" | "Capabilities" | "UserNamespace" | "SystemCallFilter">;

/** Plans the filter of PID 1 of a sandbox. Throws a SandboxError on an unknown call. */
export const planSandboxFilter = async (conf: Asking): Promise<FilterPlan> =>
  planFilter(wishesOf(conf, await expandFilter(conf.SystemCallFilter)));

const wishesOf = (conf: Asking, lines: readonly FilterLine[]): Wishes => ({
  units: conf.Exec === undefined,
  added: addedCapabilities(conf),
  lines,
});

/** Writes the system call filters of a sandbox. Throws a SandboxError on an unknown call or architecture. */
export async function renderFilters(conf: Asking): Promise<Filters> {
  const calls = systemCalls[process.arch];
  if (calls === undefined) throw new SandboxError(`the numbers of the system calls of ${process.arch} are not known`);
  const lines = await expandFilter(conf.SystemCallFilter);
  const render = (wishes: Wishes): string => assembleFilter(planFilter(wishes), calls);
  const wishes = wishesOf(conf, lines);
  return {
    start: render({ ...wishes, units: true, lines: lines.filter(({ denies }) => !denies) }),
    sandbox: render(wishes),
    configuration: render({ units: false, added: new Set(), lines }),
  };
}
