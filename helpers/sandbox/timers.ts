import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { rootDirectory } from "../../base/paths.ts";
import type { Systemd } from "../host/systemd/systemd.ts";

/** Whether a timer waits for the next time, or for the unit that it started to end. */
export const isActiveTimer = async (systemd: Pick<Systemd, "readTimers">, timer: string): Promise<boolean> =>
  (await systemd.readTimers(timer)).get(timer)?.active === "active";

/** Stops a timer if systemd has it. */
export async function stopTimer(systemd: Systemd, timer: string): Promise<void> {
  if ((await systemd.listUnits(timer)).length > 0) await systemd.runJob("StopUnit", timer);
}

// With Persistent= systemd keeps the time of the last start here (systemd.timer(5)).
const stampOf = (timer: string): string => join(rootDirectory, "var/lib/systemd/timers", `stamp-${timer}`);

/** Forgets when a timer last started its unit, so that a new sandbox of the same name begins anew. */
export function removeStamp(timer: string): void {
  rmSync(stampOf(timer), { force: true });
}

/** Keeps for the timer of a new name when that of the old one last started its unit. */
export function moveStamp(old: string, timer: string): void {
  if (existsSync(stampOf(old))) renameSync(stampOf(old), stampOf(timer));
}
