import { readFileSync } from "node:fs";

const sysResource = 24n;

/** Whether this machine lets root raise hard limits: CAP_SYS_RESOURCE (capabilities(7)), which few containers have. */
export function mayRaiseLimits(): boolean {
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? "0";
  return ((BigInt(`0x${effective}`) >> sysResource) & 1n) === 1n;
}
