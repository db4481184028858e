import { randomInt } from "node:crypto";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
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

const othersLevels = (name: SandboxName): readonly Categories[] =>
  readAllStates().flatMap(({ name: other, state }) => (other === name ? [] : parseLevels(state.level ?? "")));
