import { SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";
import { findHolder } from "../../sandbox/hold/hold.ts";
import { findBootUnit, isTimerActive, timerUnit } from "../../sandbox/job-timer.ts";
import { adviseIfSlow, describeUnmet, explainFailure } from "../explain-failure.ts";
import { findEarlyEnd, findUnmet } from "../find-causes.ts";
import { type JsonOption, printJson, warn, withProgress } from "../output.ts";
import { requireSandboxes } from "../require-sandbox.ts";
import { tellStatus } from "../tell-status.ts";
import type { Verb } from "../verb.ts";

const runs = (name: keyof typeof jobs, example: string): Verb => ({
  name,
  group: "Run",
  summary: `${name} sandboxes, like \`systemctl ${name} sandbox@NAME\``,
  places: { "<name...>": "sandbox" },
  json: `{ name: string; result: string; error: string | null }[]`,
  examples: [example],
  run: (names: readonly string[], options: JsonOption) => runUnits(name, names, options),
});

export const start = runs("start", "start db clock");
export const stop = runs("stop", "stop web1 db");
export const restart = runs("restart", "restart web1");
export const reload = runs("reload", "reload web1");

const enables = (name: "enable" | "disable", summary: string): Verb => ({
  name,
  group: "Run",
  summary,
  places: { "<name...>": "sandbox" },
  json: `{ name: string; enabled: boolean }[]`,
  examples: [`${name} web1`],
  run: (names: readonly string[], options: JsonOption) => enableUnits(name, names, options),
});

export const enable = enables("enable", "start sandboxes at boot, or the timers of jobs");
export const disable = enables("disable", "do not start sandboxes at boot, or the timers of jobs");

const jobs = { start: "StartUnit", stop: "StopUnit", restart: "RestartUnit", reload: "ReloadUnit" } as const;
const doing = { start: "Starting", stop: "Stopping", restart: "Restarting", reload: "Reloading" } as const;

async function tellHolder(name: SandboxName): Promise<void> {
  const holder = await findHolder(name);
  if (holder !== undefined) warn(`${name} cannot start until \`${holder}\` ends. Waiting for it`);
}

interface Ran {
  readonly name: SandboxName;
  readonly result: string;
  readonly error: SandboxError | undefined;
}

/** Starts, stops, restarts or reloads sandboxes, all at once, and waits. Throws one error that has every failure. */
async function runUnits(verb: keyof typeof jobs, texts: readonly string[], options: JsonOption): Promise<void> {
  await withSandboxes(texts, async (systemd, names) => {
    const results = await withProgress(
      `${doing[verb]} ${names.join(", ")}`,
      (tell) => Promise.all(names.map((name) => runUnit(systemd, verb, name, tell))),
      () => `systemd goes on with it. To see how: systemctl status ${names.map(unitOf).join(" ")}`,
    );
    if (options.json === true)
      printJson(results.map(({ name, result, error }) => ({ name, result, error: error?.message })));
    const errors = results.flatMap(({ error }) => error ?? []);
    if (errors.length > 1) throw new SandboxError(errors.map((error) => error.message).join("\n"));
    if (errors[0] !== undefined) throw errors[0];
  });
}

const unitOf = (name: SandboxName): string => `sandbox@${name}.service`;

async function runUnit(
  systemd: Systemd,
  verb: keyof typeof jobs,
  name: SandboxName,
  tell: (status: string) => void,
): Promise<Ran> {
  const unit = unitOf(name);
  const isMeantToRun = verb === "start" || verb === "restart";
  if (isMeantToRun) await tellHolder(name);
  // If someone else began the start, include all its messages.
  const state = (await systemd.readStates(unit)).get(unit)?.active;
  const began = state === "activating" ? 0 : Date.now();
  const result = await tellStatus(systemd, unit, tell, systemd.runJob(jobs[verb], unit));
  if (result === "done" && isMeantToRun) return lookAfterStart(systemd, verb, name, began);
  if (result === "done" && verb === "stop") await warnOfTimer(systemd, name);
  if (result === "done") return { name, result, error: undefined };
  // A unit that nobody started has no messages.
  const error =
    result === "invalid"
      ? new SandboxError(`cannot ${verb} ${name}: ${unit} is not active`, { hint: `Start it: systemctl start ${unit}` })
      : await explainFailure(systemd, unit, `cannot ${verb} ${name}`, began);
  return { name, result, error };
}

// As systemctl does.
async function warnOfTimer(systemd: Systemd, name: SandboxName): Promise<void> {
  if (findBootUnit(name) !== timerUnit(name) || !(await isTimerActive(systemd, name))) return;
  warn(`its timer starts ${name} again. To stop that: systemctl stop ${timerUnit(name)}`);
}

/** For systemd a start is a success if a condition prevents it, and if the service fails right after it. */
async function lookAfterStart(
  systemd: Systemd,
  verb: "start" | "restart",
  name: SandboxName,
  began: number,
): Promise<Ran> {
  const unit = unitOf(name);
  // A script that starts many must not wait for each, and systemctl does not either.
  const end = await findEarlyEnd(systemd, unit, { grace: 0 });
  if (end === "failed")
    return {
      name,
      result: end,
      error: await explainFailure(systemd, unit, `${name} failed right after its ${verb}`, began),
    };
  const advice = end === undefined ? await adviseIfSlow(systemd, unit, began) : null;
  if (advice !== null) warn(`${name} runs. ${advice}`);
  const unmet = end === "ended" ? await findUnmet(name) : [];
  if (unmet.length === 0) return { name, result: "done", error: undefined };
  return { name, result: "skipped", error: describeUnmet(`cannot ${verb} ${name}`, unmet) };
}

/** Enables or disables sandboxes at boot. */
async function enableUnits(verb: "enable" | "disable", texts: readonly string[], options: JsonOption): Promise<void> {
  await withSandboxes(texts, async (systemd, names) => {
    for (const name of names) {
      const unit = findBootUnit(name);
      await (verb === "enable" ? systemd.enableUnit(unit) : systemd.disableUnit(unit));
    }
    if (options.json === true) printJson(names.map((name) => ({ name, enabled: verb === "enable" })));
  });
}

async function withSandboxes(
  texts: readonly string[],
  work: (systemd: Systemd, names: readonly SandboxName[]) => Promise<void>,
): Promise<void> {
  const names = requireSandboxes(texts);
  using systemd = await connectSystemd();
  await work(systemd, names);
}
