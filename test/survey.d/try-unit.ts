import { setTimeout as sleep } from "node:timers/promises";
import type { Bed } from "../bed-tests/bed.ts";
import { compareLooks, isThere, subtractLook } from "./compare-looks.ts";
import { inSandbox, type Look, look, onBed, type Place, type Since } from "./look.ts";
import { emptyTrial, type Trial } from "./outcome.ts";

export interface TrialOptions {
  readonly copy: boolean;
  /** The bed enforces SELinux, so denials count. */
  readonly hasSelinux: boolean;
  /** Called with journals when a sandbox does not show what the bed shows. */
  readonly onDifference: (evidence: string) => void;
}

/** A service gets this long after its start before it is looked at, and a sandbox as long again to show the same. */
const settleMilliseconds = 5000;
const patienceMilliseconds = 25_000;
const startSeconds = 240;

/** Starts a unit on the bed itself, then in a sandbox made by nothing but the unit, and compares what both show. */
export async function tryUnit(bed: Bed, name: string, unit: string, options: TrialOptions): Promise<Trial> {
  if ((await bed.try("systemctl", "is-active", unit)).status === 0)
    return { ...emptyTrial, verdict: "not tried", details: ["the bed itself uses it"] };
  const began = Date.now() / 1000;
  const onHost = await tryOnHost(bed, unit, settleMilliseconds, began);
  if (typeof onHost === "string") return { ...emptyTrial, verdict: "not on the host", details: [onHost] };
  try {
    const trial = await tryInSandbox(bed, name, unit, onHost, options);
    return trial.verdict === "same" ? trial : await compareWithMoreTime(bed, unit, onHost, began, trial);
  } finally {
    await bed.try("sandboxcontainer", "delete", "--force", name);
  }
}

/** A slow service shows more after a while. The bed gets as much time as the sandbox had before this says "differs". */
async function compareWithMoreTime(bed: Bed, unit: string, early: Look, began: number, trial: Trial): Promise<Trial> {
  if (trial.sandbox === null) return trial;
  const late = await tryOnHost(bed, unit, settleMilliseconds + patienceMilliseconds, began);
  if (typeof late === "string") return trial;
  // What was there only for a moment does not count.
  const host = { ...late, files: early.files.filter((file) => late.files.includes(file)) };
  return compareLooks(host, trial.sandbox).length === 0 ? { ...trial, verdict: "same", details: [], host } : trial;
}

/** Starts a unit and looks at it after a time. Resolves to what it shows, with the files since `began`, or why it is not there. */
async function tryOnHost(bed: Bed, unit: string, milliseconds: number, began: number): Promise<Look | string> {
  const place = onBed(bed);
  const since = (moment: number): Since => ({ data: moment, configuration: moment });
  const [before, active] = await Promise.all([look(place, unit, since(Date.now() / 1000)), listActive(bed)]);
  await bed.try("timeout", String(startSeconds), "systemctl", "start", unit);
  await sleep(milliseconds);
  const after = await look(place, unit, since(began));
  // A unit that ends and is started again is only by chance active at this moment.
  const restarts = Number((await bed.try("systemctl", "show", "--value", "--property=NRestarts", unit)).stdout);
  // What it brought must not write beside later units.
  const brought = (await listActive(bed)).filter((each) => !active.includes(each));
  await bed.try("systemctl", "stop", unit, ...brought);
  await bed.try("systemctl", "reset-failed", unit);
  if (isThere(after) && restarts === 0) return subtractLook(after, before);
  const said = await bed.journal("--no-pager", "--lines=1", `_SYSTEMD_UNIT=${unit}`);
  return `${after.state}, restarted ${restarts} times. ${said}`.trim();
}

async function listActive(bed: Bed): Promise<readonly string[]> {
  const units = ["list-units", "--type=service,socket", "--state=active,activating", "--plain", "--no-legend"];
  const lines = (await bed.run("systemctl", ...units)).split("\n");
  return lines.map((line) => line.replace(/ .*/, "")).filter((each) => each !== "");
}

async function tryInSandbox(bed: Bed, name: string, unit: string, host: Look, options: TrialOptions): Promise<Trial> {
  // Configuration that the bed's service wrote comes along, and with a copy its data as well.
  const since = { data: options.copy ? 0 : Date.now() / 1000, configuration: 0 };
  const created = await bed.try(
    ...["sandboxcontainer", "create", name, "--unit", unit],
    ...(options.copy ? ["--copy"] : []),
  );
  const said = created.stderr.trim();
  if (created.status !== 0)
    return { ...emptyTrial, verdict: "refused", details: said.split("\n"), stack: findStack(said), host };
  const settings: string[] = [];
  for (;;) {
    const start = await bed.try("timeout", String(startSeconds), "sandboxcontainer", "start", name);
    const found = start.status === 0 ? await waitForSame(inSandbox(bed, name), unit, since, host) : null;
    const details = found === null ? ["it does not start"] : compareLooks(host, found);
    const journal = await bed.journal("--no-pager", `--unit=sandbox-root@${name}`, `--unit=sandbox@${name}`);
    const advice = details.length === 0 ? "" : await readAdvice(bed, name);
    const proposed = details.length === 0 ? [] : findProposal(`${advice}\n${said}`, name, settings);
    if (proposed.length > 0) {
      settings.push(...proposed);
      await bed.run("sandboxcontainer", "set", name, ...proposed);
      await bed.try("systemctl", "stop", `sandbox@${name}`);
      continue;
    }
    if (details.length > 0) options.onDifference(await gatherEvidence(bed, name, journal));
    const verdict = details.length === 0 ? "same" : advice === "" ? "differs" : "refused";
    return {
      ...{ verdict, details: advice === "" ? details : [advice], settings, stack: findStack(journal), host },
      ...{ sandbox: found, denials: options.hasSelinux ? await readDenials(bed, name) : [] },
    };
  }
}

/** Reads the reason that `show` gives for a sandbox that failed or ended; empty if it gives none. */
async function readAdvice(bed: Bed, name: string): Promise<string> {
  const { advice } = JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as { advice: string | null };
  return advice ?? "";
}

async function waitForSame(place: Place, unit: string, since: Since, host: Look): Promise<Look> {
  await sleep(settleMilliseconds);
  for (const deadline = performance.now() + patienceMilliseconds; ;) {
    const found = await look(place, unit, since);
    if (compareLooks(host, found).length === 0 || performance.now() > deadline) return found;
    await sleep(2000);
  }
}

/** Finds the first settings that the product's own message proposes, and that were not set yet; none if there are none. */
export function findProposal(text: string, name: string, settings: readonly string[]): readonly string[] {
  const proposals = [...text.matchAll(/sandboxcontainer set (\S+)((?: [A-Z]\w*=[^\s`'"]*[^\s`'".,])+)/g)];
  return (
    proposals
      .filter(([, of]) => of === name)
      .map(([, , words = ""]) => words.trim().split(" "))
      .find((words) => words.some((word) => !settings.includes(word))) ?? []
  );
}

/** Finds a line of a stack trace of ours. A service's own traces have other paths. */
export const findStack = (text: string): string | null =>
  /^.*\bat .*(?:sandboxcontainer\/|\$bunfs).*$/m.exec(text)?.[0].trim() ?? null;

async function readDenials(bed: Bed, name: string): Promise<readonly string[]> {
  const denials = JSON.parse(await bed.run("sandboxcontainer", "audit", "--json", name)) as readonly { text: string }[];
  return denials.map(({ text }) => text);
}

async function gatherEvidence(bed: Bed, name: string, journal: string): Promise<string> {
  const place = inSandbox(bed, name);
  const looks: readonly (readonly string[])[] = [
    ["systemctl", "--no-pager", "--failed"],
    ["journalctl", "--no-pager", "--output=cat", "--lines=60"],
    ["ss", "-Hltnup"],
    ["ps", "-eo", "user:32,pid,args"],
  ];
  const found = [journal];
  for (const each of looks) {
    const { stdout, stderr } = await place(...each);
    found.push(`# ${each.join(" ")}\n${stdout}${stderr}`);
  }
  return found.join("\n");
}
