import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { Systemd, UnitProperties } from "../host/systemd.ts";
import { suggestNetwork } from "./suggest-network.ts";

const runFile = promisify(execFile);

/**
 * Why a unit's job failed, as an error to throw: what the unit itself said last, or, when its root or image could
 * not be made, what was said about that. `began`, in milliseconds since the epoch, leaves out what it said before; without it, what
 * was said before the start that systemd made last.
 */
export async function explainFailure(
  systemd: Systemd,
  unit: string,
  what: string,
  began?: number,
): Promise<SandboxError> {
  const culprit = await findCulprit(systemd, unit);
  const reason = await readLastWords(culprit.unit, culprit.properties, began);
  const advice = suggestNetwork(culprit.unit, culprit.properties, reason);
  const hint = `${advice === null ? "" : `${advice}. `}More: journalctl -u ${culprit.unit}`;
  return new SandboxError(`${what}: ${reason}`, { hint });
}

/** The same for a unit that has failed, as advice alone; null where there is none. */
export async function adviseOnFailure(unit: string, properties: UnitProperties): Promise<string | null> {
  if (properties["ActiveState"] !== "failed") return null;
  return suggestNetwork(unit, properties, await readLastWords(unit, properties));
}

interface Culprit {
  readonly unit: string;
  readonly properties: UnitProperties;
}

async function findCulprit(systemd: Systemd, unit: string): Promise<Culprit> {
  const properties = await systemd.readUnit(unit);
  // A root or an image that the unit needs, and what that needs in turn.
  for (const key of ["Wants", "Requires"]) {
    const needed = (properties[key] ?? []) as string[];
    for (const inner of needed.filter((other) => /^(sandbox-(root|image)@|var-lib-sandboxcontainer-)/.test(other))) {
      const culprit = await findCulprit(systemd, inner);
      if (culprit.properties["ActiveState"] === "failed") return culprit;
    }
  }
  return { unit, properties };
}

// What our helpers said in this invocation, which they mark as errors; else the last of all that its processes wrote.
async function readLastWords(unit: string, properties: UnitProperties, began = 0): Promise<string> {
  if (isRefused(properties, began)) {
    return `it was started too often in a short time, and systemd waits. To start it at once: systemctl reset-failed ${unit}`;
  }
  await runFile("journalctl", ["--sync"]).catch(() => undefined);
  // With Restart= the next start may have begun by now.
  const since = began > 0 ? began / 1e3 : Number(properties["InactiveExitTimestamp"] ?? 0) / 1e6;
  // Of a process that ended at once the journal knows the unit, which systemd tells, and not the invocation.
  const match = [`--since=@${since.toFixed(6)}`, `_SYSTEMD_UNIT=${unit}`];
  let lines = "";
  // journald may answer a sync before it has read what a process wrote as its last, and more so where others keep the processors busy.
  for (let tries = 0; lines === "" && tries < 10; tries++) {
    if (tries > 0) await setTimeout(100);
    lines = await readJournal("--priority=err", ...match);
    if (tries >= 3) lines ||= await readJournal("--lines=15", ...match);
  }
  // Perhaps the journal did not know whose they were, or the clock was set back meanwhile.
  const name = /@(.+)\.service$/.exec(unit)?.[1];
  if (lines === "" && name !== undefined) {
    const other = [`--since=@${(since - 10).toFixed(6)}`, "_UID=0", "_TRANSPORT=stdout", `SYSLOG_IDENTIFIER=${name}`];
    lines = await readJournal("--priority=err", "--lines=15", ...other);
  }
  if (lines === "") return `systemd says ${String(properties["Result"] ?? properties["LoadState"])}`;
  return lines.includes("\n") ? `\n${lines}\n` : lines;
}

async function readJournal(...options: readonly string[]): Promise<string> {
  try {
    return (await runFile("journalctl", ["--quiet", "--output=cat", ...options])).stdout.trimEnd();
  } catch {
    return "";
  }
}

// systemd starts nothing that was started too often. The unit may keep the result of the last start that was made.
function isRefused(properties: UnitProperties, began: number): boolean {
  const startedBefore = Number(properties["InactiveExitTimestamp"] ?? 0) / 1e3 < began;
  return properties["Result"] === "start-limit-hit" || (properties["ActiveState"] === "failed" && startedBefore);
}
