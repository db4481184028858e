import { randomInt } from "node:crypto";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findControllerPid } from "../../host/find-controller.ts";
import { readAllStates, writeState, type SandboxState } from "../state.ts";
import { chooseLevel, type Categories, meets, parseLevels } from "./levels.ts";
import { readTakenLevels } from "./taken-levels.ts";

/**
 * Gives the sandbox a category pair that nobody on this host has, and writes it to its state, where it stays. If two
 * processes do this at once, each writes first and looks again: the later one sees the other, and chooses anew.
 */
export async function claimLevel(name: SandboxName, state: SandboxState): Promise<string> {
  const taken = [...(await readTakenLevels())];
  for (;;) {
    const level = chooseLevel([...taken, ...othersLevels(name)], randomInt);
    if (level === undefined)
      throw new SandboxError("no SELinux level is free on this host", { hint: "Delete sandboxes or other containers" });
    writeState(name, { ...state, level });
    const [own = new Set<number>()] = parseLevels(level);
    if (!othersLevels(name).some((other) => meets(own, other))) return level;
  }
}

/**
 * Whether something else on this host has a level. While the sandbox runs, its own processes have it, and only other
 * sandboxes are looked at.
 */
export async function isLevelTaken(name: SandboxName, level: string): Promise<boolean> {
  const [own = new Set<number>()] = parseLevels(level);
  const isRunning = findControllerPid(name) !== undefined;
  const others = [...othersLevels(name), ...(isRunning ? [] : await readTakenLevels())];
  return others.some((other) => meets(own, other));
}

const othersLevels = (name: SandboxName): readonly Categories[] =>
  readAllStates().flatMap(({ name: other, state }) => (other === name ? [] : parseLevels(state.level ?? "")));
