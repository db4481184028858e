import { join } from "node:path";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import type { Domain } from "./domain-xml.ts";

// To make a cgroup namespace, and to give up what is not to be kept.
const needed = ["setpcap", "sys_admin"];

type Start = Pick<Domain, "init" | "capabilities" | "context">;

/** Has `inside/start` run before `init`, which then has no more than the `kept` capabilities, in `context`. */
export function planStart(kept: readonly string[], init: Domain["init"], context: string | null): Start {
  const dropped = needed.filter((name) => !kept.includes(name)).map((name) => `-${name}`);
  // In a domain of its own, where the policy is ours. That of Label=none has all rights already.
  const first = context?.replace(/:sandboxcontainer_(?!none_t)\w+:/, ":sandboxcontainer_start_t:") ?? null;
  const then = first === context ? "-" : (context ?? "-");
  return {
    init: [join(helperDirectory, "inside/start"), then, dropped.join(",") || "-", ...init],
    capabilities: [...new Set([...kept, ...needed])].sort(),
    context: first,
  };
}
