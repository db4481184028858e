import { randomInt } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import type { SandboxName } from "../../generator/sandbox-name.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import { readAllStates } from "../state.ts";

const categories = 1024;

/** A category pair that nobody on this host holds: no other sandbox, and no running process. */
export function allocateLevel(name: SandboxName): string {
  const taken = new Set([
    ...readAllStates().flatMap(({ name: other, state }) => (other === name ? [] : (state.level ?? []))),
    ...levelsOfProcesses(),
  ]);
  for (let tries = 0; tries < 10_000; tries++) {
    const first = randomInt(categories);
    const second = randomInt(categories);
    const level = `s0:c${Math.min(first, second)},c${Math.max(first, second)}`;
    if (first !== second && !taken.has(level)) return level;
  }
  throw new SandboxError("no SELinux level is free on this host");
}

function levelsOfProcesses(): readonly string[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((pid) => {
      try {
        const context = readFileSync(`/proc/${pid}/attr/current`, "utf8").replace(/\0.*$/s, "").trim();
        return [context.split(":").slice(3).join(":")];
      } catch {
        return [];
      }
    });
}
