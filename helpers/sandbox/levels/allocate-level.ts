import { randomInt } from "node:crypto";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { claim, claimWanted } from "../claim.ts";
import { findControllerPid } from "../../host/find-controller.ts";
import { readAllStates, writeState, type SandboxState } from "../state.ts";
import { chooseLevel, type Categories, meets, parseLevels } from "./levels.ts";
import { readTakenLevels } from "./taken-levels.ts";

/** Gives the sandbox a category pair that nobody on this host has, and writes it to its state, where it stays. */
export async function claimLevel(name: SandboxName, state: SandboxState): Promise<string> {
  const taken = await readTakenLevels();
  return claim({
    choose: () => {
      const level = chooseLevel([...taken, ...othersLevels(name)], randomInt);
      if (level !== undefined) return level;
      throw new SandboxError("no SELinux level is free on this host", { hint: "Delete sandboxes or other containers" });
    },
    write: (level) => {
      writeState(name, { ...state, level });
    },
    isTaken: (level) => isOthers(name, level),
  });
}

/** Writes a level to the state of a sandbox; resolves to false, and writes none, if another sandbox has it meanwhile. */
export const claimWantedLevel = (name: SandboxName, state: SandboxState, wanted: string): Promise<boolean> =>
  claimWanted(wanted, {
    write: (level) => {
      writeState(name, { ...state, level });
    },
    isTaken: (level) => isOthers(name, level),
    giveUp: () => {
      const { version, uuid, machineId, idBase } = state;
      writeState(name, { version, uuid, machineId, idBase });
    },
  });

function isOthers(name: SandboxName, level: string): boolean {
  const [own = new Set<number>()] = parseLevels(level);
  return othersLevels(name).some((other) => meets(own, other));
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
