import { randomBytes, randomUUID } from "node:crypto";
import type { SandboxState } from "./state.ts";

// Apart from state.ts, as a launch would load the cryptography for nothing: 3 ms.
/** An identity that no other sandbox has, without ids and level. */
export function newState(): SandboxState {
  return { version: 1, uuid: randomUUID(), machineId: randomBytes(16).toString("hex"), idBase: null };
}
