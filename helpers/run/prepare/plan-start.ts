import { join } from "node:path";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import type { Filters } from "../seccomp/render-filter.ts";
import type { Domain } from "./domain-xml.ts";
import type { Confinement } from "./plan-confinement.ts";

/** What the first program needs to make a cgroup namespace, and to drop the capabilities that are not kept. */
export const neededByStart = ["setpcap", "sys_admin"];

type Start = Pick<Domain, "init" | "capabilities" | "context">;

/**
 * Makes `inside/start` run before `init`. After that `init` has only the `kept` capabilities and the system calls of
 * `filters.sandbox`, in the context or profile of PID 1.
 */
export function planStart(
  kept: readonly string[],
  init: Domain["init"],
  { context, profiles }: Pick<Confinement, "context" | "profiles">,
  filters: Pick<Filters, "start" | "sandbox">,
): Start {
  const dropped = neededByStart.filter((name) => !kept.includes(name)).map((name) => `-${name}`);
  // With our policy it runs in its own domain. The domain of Label=none has all rights already.
  const first = context?.replace(/:sandboxcontainer_(?!none_t)\w+:/, ":sandboxcontainer_start_t:") ?? null;
  const then = first === context ? "-" : (context ?? "-");
  const narrower = filters.sandbox === filters.start ? "-" : filters.sandbox;
  const inside = join(helperDirectory, "inside");
  return {
    init: [
      join(inside, "filter"),
      // The rules of this profile say into which one PID 1 changes.
      ...(profiles === null ? [] : ["--profile", profiles.start]),
      filters.start,
      ...[join(inside, "start"), then, dropped.join(",") || "-", narrower],
      ...init,
    ],
    capabilities: [...new Set([...kept, ...neededByStart])].sort(),
    context: first,
  };
}
