import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { SandboxError } from "../../generator/sandbox-error.ts";
import type { Systemd, UnitProperties } from "../systemd.ts";

const runFile = promisify(execFile);

/**
 * Why a unit's job failed, as an error to throw: what the unit itself said last, or, when its root could not be
 * made, what was said about that. `began`, in milliseconds since the epoch, leaves out what it said before.
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
  const root = ((properties["Wants"] ?? []) as string[]).find((wanted) => wanted.startsWith("sandbox-root@"));
  if (root !== undefined) {
    const inner = await systemd.readUnit(root);
    if (inner["ActiveState"] === "failed") return { unit: root, properties: inner };
  }
  return { unit, properties };
}

// What our helpers said in this invocation, which they mark as errors; else the last of all that its processes wrote.
async function readLastWords(unit: string, properties: UnitProperties, began = 0): Promise<string> {
  const invocation = Buffer.from((properties["InvocationID"] as Uint8Array | undefined) ?? []).toString("hex");
  const match = invocation === "" ? `--unit=${unit}` : `_SYSTEMD_INVOCATION_ID=${invocation}`;
  const selected = [match, `--since=@${Math.floor(began / 1000)}`];
  await runFile("journalctl", ["--sync"]).catch(() => undefined);
  const lines = (await readJournal("--priority=err", ...selected)) || (await readJournal("--lines=15", ...selected));
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
