import { setTimeout } from "node:timers/promises";
import type { Systemd, UnitState } from "../host/systemd.ts";

/** How a unit that was just started has ended: its service failed, or did its work. */
export type EarlyEnd = "failed" | "ended";

// Milliseconds. A program with a wrong option ends at once, and its container takes most of a second to end.
const longest = 1000;
const pause = 25;
// What is on its way down is waited for.
const patience = 10_000;

type Sleep = (milliseconds: number) => Promise<unknown>;

/**
 * Watches a unit for a moment after its start job is done. For systemd a simple service has started when its process
 * runs, and a command of Exec= as well; many a mistake shows right after that.
 */
export async function findEarlyEnd(
  systemd: Pick<Systemd, "readStates">,
  unit: string,
  { grace = longest, sleep = setTimeout }: { readonly grace?: number; readonly sleep?: Sleep } = {},
): Promise<EarlyEnd | undefined> {
  for (let waited = 0; ; waited += pause) {
    const state = (await systemd.readStates(unit)).get(unit);
    const end = judge(state);
    if (end !== "down" && end !== undefined) return end;
    if (waited >= (end === "down" ? patience : grace)) return undefined;
    await sleep(pause);
  }
}

/** Undefined while it runs, and `down` while it stops. */
function judge(state: UnitState | undefined): EarlyEnd | "down" | undefined {
  // systemd has forgotten a unit that ended well.
  if (state === undefined) return "ended";
  if (state.active === "failed" || state.sub === "auto-restart") return "failed";
  if (state.active === "inactive") return state.result === "success" ? "ended" : "failed";
  return state.active === "deactivating" ? "down" : undefined;
}
