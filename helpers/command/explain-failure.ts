import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SandboxError } from "../../generator/sandbox-error.ts";
import type { Systemd, UnitProperties } from "../systemd.ts";

const runFile = promisify(execFile);

/**
 * Why a unit's job failed, as an error to throw: what the unit itself said last, or, when its root or image could
 * not be made, what was said about that. `began`, in milliseconds since the epoch, leaves out what it said before.
 */
export async function explainFailure(
  systemd: Systemd,
  unit: string,
  what: string,
  began?: number,
): Promise<SandboxError> {
  const culprit = await findCulprit(systemd, unit);
  const reason = await readLastWords(culprit.unit, culprit.properties, began);
  return new SandboxError(`${what}: ${reason}`, { hint: `More: journalctl -u ${culprit.unit}` });
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
  await runFile("journalctl", ["--sync"]).catch(() => undefined);
  const since = Math.max(began / 1e3, Number(properties["InactiveExitTimestamp"] ?? 0) / 1e6);
  // Of a process that ended at once the journal knows the unit, which systemd tells, and not the invocation.
  const match = [`--since=@${since.toFixed(6)}`, `_SYSTEMD_UNIT=${unit}`];
  const lines = (await readJournal("--priority=err", ...match)) || (await readJournal("--lines=15", ...match));
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
