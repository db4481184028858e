import { execFile } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { promisify } from "node:util";
import { endSentence, SandboxError } from "../../base/errors.ts";
import { parseSandboxName } from "../../base/sandbox-name.ts";
import type { Systemd, UnitProperties } from "../host/systemd/systemd.ts";
import { describeResult, listOf, textOf } from "../host/systemd/unit-properties.ts";
import { findChangedConfs } from "../sandbox/changed-confs.ts";
import { explainCredentials, hasFailedCredentials } from "./explain-credentials.ts";
import { findUnmet } from "./find-causes.ts";
import { findLead, parseOwnWords } from "./own-words.ts";
import { isSetRefused } from "./suggest-capabilities.ts";
import { loadIfValid, suggestSettings } from "./suggest-settings.ts";

const runFile = promisify(execFile);
const slowMilliseconds = 10_000;

/**
 * Explains why a unit's job failed, as an error to throw. It has the last words of the unit or, if its root or image
 * could not be made, the message about that. `began`, in milliseconds since the epoch, leaves out earlier messages.
 * Without it, messages before systemd's last start of the unit are left out.
 */
export async function explainFailure(
  systemd: Systemd,
  unit: string,
  what: string,
  began?: number,
): Promise<SandboxError> {
  const culprit = await findCulprit(systemd, unit);
  const name = /^sandbox[a-z-]*@(.+)\.service$/.exec(culprit.unit)?.[1];
  const unmet =
    name === undefined || culprit.properties["ActiveState"] === "failed" ? [] : await findUnmet(parseSandboxName(name));
  if (unmet.length > 0) return describeUnmet(what, unmet);
  const changed = name === undefined ? [] : findChangedConfs(parseSandboxName(name));
  if (changed.length > 0 && isRefusedConf(culprit.properties)) return describeStale(what, changed);
  if (name !== undefined && hasFailedCredentials(culprit.properties)) {
    const found = await findBadCredential(name);
    if (found !== undefined) return new SandboxError(`${what}: ${found.text}`, { hint: found.hint });
  }
  const reason = await readLastWords(culprit.unit, culprit.properties, began);
  const said = `${reason}\n${await readMessages(culprit.unit, culprit.properties)}`;
  const advice = await suggestSettings(systemd, culprit.unit, culprit.properties, said);
  const stale =
    changed.length === 0 ? [] : [`${changed.join(", ")} has changed since systemd read it: systemctl daemon-reload`];
  const sentences = [...stale, ...(advice === null ? [] : [advice])].map((each) => `${endSentence(each)} `);
  const hint = `${sentences.join("")}More: journalctl -u ${culprit.unit}`;
  return new SandboxError(`${what}: ${withLead(reason)}`, { hint });
}

// The generator's drop-in of a conf with an error says so (render-instance.ts).
const isRefusedConf = (properties: UnitProperties): boolean =>
  textOf(properties, "Description").endsWith("(error in its conf)");

/** What was wrong with the conf that systemd knows may be fixed by now. */
const describeStale = (what: string, changed: readonly string[]): SandboxError =>
  new SandboxError(`${what}: the conf has changed since it was loaded, and had an error then: ${changed.join(", ")}`, {
    hint: "Run: systemctl daemon-reload, and then the same command again",
  });

/** An error about conditions or assertions of [Unit] that do not hold. */
export const describeUnmet = (what: string, unmet: readonly string[]): SandboxError =>
  new SandboxError(`${what}: ${unmet.join(" and ")} of its conf does not hold`, {
    hint: "If it waits for a disk, mount the disk first. See systemd.unit(5)",
  });

/**
 * Explains in the same way why a unit has failed or ended, or does not do all that it should, as advice only; null if
 * there is none.
 */
export async function advise(systemd: Systemd, unit: string, properties: UnitProperties): Promise<string | null> {
  if (!["active", "failed", "inactive"].includes(String(properties["ActiveState"]))) return null;
  if (hasFailedCredentials(properties)) return adviseOnCredentials(unit);
  return suggestSettings(systemd, unit, properties, await readMessages(unit, properties));
}

async function adviseOnCredentials(unit: string): Promise<string | null> {
  const found = await findBadCredential(unit.slice("sandbox@".length, -".service".length));
  return found === undefined ? null : endSentence(`${found.text}. ${found.hint}`);
}

function findBadCredential(name: string): ReturnType<typeof explainCredentials> {
  const conf = loadIfValid(parseSandboxName(name));
  return conf === undefined ? Promise.resolve(undefined) : explainCredentials(conf);
}

/**
 * The same for a service that has just started, if that took long and it was refused rights meanwhile: such a service waits for
 * a part of it that has ended.
 */
export async function adviseIfSlow(systemd: Systemd, unit: string, began: number): Promise<string | null> {
  if (Date.now() - began < slowMilliseconds) return null;
  const properties = await systemd.readUnit(unit);
  const said = await readMessages(unit, properties);
  return isSetRefused(said) ? suggestSettings(systemd, unit, properties, said) : null;
}

/**
 * Reads the messages of systemd's last start of a unit: the first ones say as often as the last what a service misses.
 * systemd forgets when it started a unit that ended well, so then these are the last messages since the boot.
 */
async function readMessages(unit: string, properties: UnitProperties): Promise<string> {
  const since = exitTime(properties) / 1e6;
  const range = since > 0 ? `--since=@${since.toFixed(6)}` : "--boot";
  return readJournal("--lines=500", range, `_SYSTEMD_UNIT=${unit}`);
}

interface Culprit {
  readonly unit: string;
  readonly properties: UnitProperties;
}

async function findCulprit(systemd: Systemd, unit: string): Promise<Culprit> {
  const properties = await systemd.readUnit(unit);
  const needed = [...listOf(properties, "Wants"), ...listOf(properties, "Requires")];
  const images = needed.filter((other) => /^(sandbox-image@|var-lib-sandboxcontainer-)/.test(other));
  // launch starts the unit that makes the root. Both may need other units in turn.
  const roots = unit.startsWith("sandbox@") ? [unit.replace("@", "-root@")] : [];
  for (const inner of [...roots, ...images]) {
    const culprit = await findCulprit(systemd, inner);
    // launch does not start the unit of the root if there is nothing to do, so it may have failed long ago.
    const isOld = roots.includes(culprit.unit) && exitTime(culprit.properties) < exitTime(properties);
    if (culprit.properties["ActiveState"] === "failed" && !isOld) return culprit;
  }
  return { unit, properties };
}

/** When systemd last began to start a unit, in microseconds since the epoch; 0 if it never did. */
const exitTime = (properties: UnitProperties): number => Number(properties["InactiveExitTimestamp"] ?? 0);

// What a process only says of its progress (debug) is no reason.
const anything = ["--priority=info", "--lines=15"];

// Our helpers mark their messages as errors; we take those of this invocation. Otherwise we take the last lines of the
// processes.
async function readLastWords(unit: string, properties: UnitProperties, began = 0): Promise<string> {
  if (isRefused(properties, began)) {
    return `systemd does not start it now, because it was started too often in a short time. Lift this limit: systemctl reset-failed ${unit}`;
  }
  await runFile("journalctl", ["--sync"]).catch(() => undefined);
  // With Restart= the next start may already have begun.
  const since = began > 0 ? began / 1e3 : exitTime(properties) / 1e6;
  // If a process ended at once, the journal knows its unit, from systemd, but not the invocation.
  const match = [`--since=@${since.toFixed(6)}`, `_SYSTEMD_UNIT=${unit}`];
  let lines = "";
  // journald may answer a sync before it has read the last words of a process, especially on a busy host.
  for (let tries = 0; lines === "" && tries < 10; tries++) {
    if (tries > 0) await setTimeout(100);
    lines = await readJournal("--priority=err", ...match);
    if (tries >= 3) lines ||= await readJournal(...anything, ...match);
  }
  // Perhaps the journal did not know the unit of these lines.
  const name = /@(.+)\.service$/.exec(unit)?.[1];
  if (lines === "" && name !== undefined) {
    const other = [`--since=@${since.toFixed(6)}`, "_UID=0", "_TRANSPORT=stdout", `SYSLOG_IDENTIFIER=${name}`];
    lines = await readJournal("--priority=err", "--lines=15", ...other);
  }
  // If the clock was set back during the start, or a process had failed before systemd noted that it runs, its messages look
  // older than the start.
  const invocation = Buffer.from((properties["InvocationID"] ?? []) as readonly number[]).toString("hex");
  if (lines === "" && invocation !== "") {
    const own = `_SYSTEMD_INVOCATION_ID=${invocation}`;
    lines = (await readJournal("--priority=err", "--lines=15", own)) || (await readJournal(...anything, own));
  }
  if (lines === "") return describeResult(properties);
  return lines;
}

/** Puts what the service itself says of its failure in front of many lines. */
function withLead(reason: string): string {
  if (!reason.includes("\n")) return reason;
  const lead = findLead(parseOwnWords(reason));
  return lead === undefined ? `\n${reason}` : `${lead}\n${reason}`;
}

async function readJournal(...options: readonly string[]): Promise<string> {
  try {
    return (await runFile("journalctl", ["--quiet", "--output=cat", ...options])).stdout.trimEnd();
  } catch {
    return "";
  }
}

/**
 * Whether systemd refused to start a unit because it was started too often. It may still have the result of its last real
 * start. If the clock was set back since `began`, nobody can tell by that.
 */
export function isRefused(properties: UnitProperties, began: number, now = Date.now()): boolean {
  const startedBefore = now >= began && exitTime(properties) / 1e3 < began;
  return properties["Result"] === "start-limit-hit" || (properties["ActiveState"] === "failed" && startedBefore);
}
