import { rmSync } from "node:fs";
import { stateFile } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { readAllStates, type SandboxState, tryReadState } from "./state.ts";

/** What a sandbox is known by in networks and to itself. */
export type Identity = Pick<SandboxState, "uuid" | "machineId">;

/** Whether another sandbox of this host has one of them. `own` is the sandbox itself, if it is there already. */
export const isIdentityTaken = ({ uuid, machineId }: Identity, own?: SandboxName): boolean =>
  readAllStates().some(
    ({ name, state: other }) =>
      name !== own && (macPart(other.uuid) === macPart(uuid) || other.machineId === machineId),
  );

// makeMac makes the MAC address from the beginning of the uuid. Two uuids with the same beginning would share an address.
const macPart = (uuid: string): string => uuid.replaceAll("-", "").slice(0, 10);

/**
 * Whether the sandbox that has just come to its place keeps an identity. Another copy may have come at the same time: if
 * both see each other here, both give it up.
 */
export function keepsIdentity(name: SandboxName): boolean {
  const state = tryReadState(name);
  if (state === undefined || !isIdentityTaken(state, name)) return state !== undefined;
  rmSync(stateFile(name), { force: true });
  return false;
}
