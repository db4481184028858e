import { join } from "node:path";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import type { Filters } from "../seccomp/render-filter.ts";
import type { Domain } from "./domain-xml.ts";

// To make a cgroup namespace, and to drop the capabilities that are not kept.
const needed = ["setpcap", "sys_admin"];

type Start = Pick<Domain, "init" | "capabilities" | "context">;

/**
 * Makes `inside/start` run before `init`. After that `init` has only the `kept` capabilities and the system calls of
 * `filters.sandbox`, in `context`.
 */
export function planStart(
  kept: readonly string[],
  init: Domain["init"],
  context: string | null,
  filters: Pick<Filters, "start" | "sandbox">,
): Start {
  const dropped = needed.filter((name) => !kept.includes(name)).map((name) => `-${name}`);
  // With our policy it runs in its own domain. The domain of Label=none has all rights already.
  const first = context?.replace(/:sandboxcontainer_(?!none_t)\w+:/, ":sandboxcontainer_start_t:") ?? null;
  const then = first === context ? "-" : (context ?? "-");
  const narrower = filters.sandbox === filters.start ? "-" : filters.sandbox;
  const inside = join(helperDirectory, "inside");
  return {
    init: [
      join(inside, "filter"),
      filters.start,
      ...[join(inside, "start"), then, dropped.join(",") || "-", narrower],
      ...init,
    ],
    capabilities: [...new Set([...kept, ...needed])].sort(),
    context: first,
  };
}
