import { confFile } from "../../../base/paths.ts";
import { parseSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { type Conf, isJob } from "../../../conf/conf.ts";
import { loadConf, loadConfText } from "../../../conf/load-conf.ts";
import { connectSystemd, type Systemd } from "../../host/systemd/systemd.ts";
import { withHeld } from "../../sandbox/hold/hold.ts";
import { conclude } from "../../sandbox/hold/unfinished.ts";
import { findBootUnit, timerUnit } from "../../sandbox/job-timer.ts";
import { describeLeftBehind } from "../../sandbox/manifest/data.ts";
import { followSnapshots } from "../../sandbox/snapshot-timer.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { applyAssignments } from "../conf/assignments.ts";
import { requireRight, warnOfRisks } from "../conf/find-mistakes.ts";
import { planFor, showPlan } from "../create/dry-run.ts";
import { findUnits } from "../create/find-units.ts";
import { makeOrUndo, makeRoot, requireFreeName, writeConf } from "../create/make-sandbox.ts";
import { type CreateOptions, type CreateRequest, readRequest, renderConf } from "../create/request.ts";
import { settingOptions } from "../create/setting-options.ts";
import { adviseIfSlow, explainFailure } from "../explain-failure.ts";
import { findEarlyEnd } from "../find-causes.ts";
import { howToStart } from "../how-to-start.ts";
import { print, printJson, warn, withProgress } from "../output.ts";
import { recordEvent } from "../record-event.ts";
import { requireRoot } from "../require-sandbox.ts";
import { findNamed, readFileCapabilities, suggestCapabilities } from "../suggest-capabilities.ts";
import { tellStatus } from "../tell-status.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "create",
  group: "Make and remove",
  summary: "make a sandbox for a unit, for the unit that runs an executable, or (after `--`) for a command",
  usage: "NAME (--unit UNIT... | EXECUTABLE | -- COMMAND [ARG...]) [options]",
  places: { "<name>": "sandbox", "[executable-or-command...]": "file" },
  options: {
    "-u, --unit <unit>": { help: "a unit installed on this host; may repeat", takes: "unit", repeats: true },
    ...settingOptions(),
    "--on-calendar <time>": {
      help: "a time at which a timer starts the command, such as daily or 'Mon 04:00'; may repeat",
      repeats: true,
    },
    "--snapshots <time>": {
      help: "a time at which a snapshot is made, such as daily; may repeat; --set Keep=7d4w says which stay",
      repeats: true,
    },
    "--credential <name=file>": {
      help: "a file that systemd reads at each start, and that only the service inside can read; may repeat",
      takes: "file",
      repeats: true,
    },
    "--set <key=value>": {
      help: "any other setting, such as MemoryMax=1G; may repeat",
      takes: "assignment",
      repeats: true,
    },
    "-C, --copy": "also copy the service's current data below /var from the host",
    "-n, --dry-run": "only show the conf and what would be in the root, and why",
    "--start": "start it after it is made; of a job, its timer",
    "--enable": "start it at boot; of a job, its timer",
  },
  json: `{ name: string; conf: string; unit: string; units: string[]; started: boolean; enabled: boolean }`,
  jsonWith: {
    "--dry-run": `{ name: string; conf: string; text: string; leftBehind: { path: string; by: string }[];
    packages: { name: string; version: string; source: string }[]; entries: { path: string;
    kind: "directory" | "file" | "link"; owner: number; group: number; mode: string; source: { copy?: string;
    copyTree?: string; at?: number; text?: string; madeBy?: string; link?: string } | null; reason: string }[] }`,
  },
  examples: [
    "create web1 --unit apache2.service --publish 127.0.0.1:8081:80 --start",
    "create web3 /usr/sbin/nginx --publish 127.0.0.1:8083:80 --dry-run",
    "create db --unit redis-server.service --imagesize 256M",
    "create clock -- /usr/bin/sleep infinity",
    "create tidy --on-calendar daily --start --enable -- /usr/bin/find /var/tmp -mtime +7 -delete",
  ],
  run: (name: string, rest: readonly string[], options: CreateOptions) =>
    createSandbox(readRequest(name, rest, options, process.argv)),
};

/** Writes the conf, makes systemd build the root, and enables and starts the sandbox on request. All or nothing. */
async function createSandbox(request: CreateRequest): Promise<void> {
  const name = parseSandboxName(request.name);
  requireRoot();
  requireFreeName(name);
  using systemd = await connectSystemd();
  const units = await findUnits(systemd, request);
  if (request.copy) await warnOfRunning(systemd, units);
  const text = applyAssignments(renderConf(request, units), request.assignments);
  await requireRight(name, text);
  if (request.dryRun) {
    await showPlan(name, text, request);
    warnOfRisks(loadConfText(name, confFile(name), text).conf);
    return;
  }
  if (request.copy) await warnOfLeftBehind(name, text);
  // Its programs are looked at meanwhile.
  const asked = findAsked(systemd, units);
  asked.catch(() => undefined);
  await withHeld(systemd, [name], () =>
    makeOrUndo(systemd, name, text, async () => {
      writeConf(name, text);
      await makeRoot(systemd, name);
      if (request.enable) await systemd.enableUnit(findBootUnit(name));
    }),
  );
  await conclude([name], async () => {
    await recordEvent(name, { event: "created" });
    // From here on the sandbox exists. If it does not start, it stays, so that someone can look at it.
    const conf = loadConf(name);
    await followSnapshots(systemd, undefined, conf);
    const isUp = request.start && (await (isJob(conf) ? startTimer : start)(systemd, name, units.length === 0));
    report(request, conf, units, isUp);
    warnOfRisks(conf);
    const suggestion = suggestCapabilities(name, conf, await asked);
    if (suggestion !== null) warn(suggestion);
  });
}

/** Whether it still runs a moment after its start. Throws if it has failed. */
async function start(systemd: Systemd, name: SandboxName, isCommand: boolean): Promise<boolean> {
  const unit = `sandbox@${name}.service`;
  const work = async (tell: (status: string) => void): Promise<boolean> => {
    const began = Date.now();
    const result = await tellStatus(systemd, unit, tell, systemd.runJob("StartUnit", unit));
    if (result !== "done")
      throw await explainFailure(systemd, unit, `sandbox ${name} was made, but does not start`, began);
    // systemd inside has said that units run. A command runs as soon as there is a process.
    const end = await findEarlyEnd(systemd, unit, isCommand ? {} : { grace: 0 });
    if (end === "failed")
      throw await explainFailure(systemd, unit, `sandbox ${name} was made, but failed right after its start`, began);
    const advice = end === undefined ? await adviseIfSlow(systemd, unit, began) : null;
    if (advice !== null) warn(`${name} runs. ${advice}`);
    return end === undefined;
  };
  const goesOn = (): string => `${name} is made, and systemd goes on with its start: systemctl status ${unit}`;
  return withProgress(`Starting ${name}`, work, goesOn);
}

async function startTimer(systemd: Systemd, name: SandboxName): Promise<true> {
  const unit = timerUnit(name);
  if ((await systemd.runJob("StartUnit", unit)) === "done") return true;
  throw await explainFailure(systemd, unit, `sandbox ${name} was made, but its timer does not start`);
}

/**
 * Warns about running services: a copy misses what a service has not written yet, and has half of what it is writing.
 */
async function warnOfRunning(systemd: Systemd, units: readonly string[]): Promise<void> {
  const states = await Promise.all(units.map((unit) => systemd.readUnit(unit)));
  const running = units.filter((_, index) => states[index]?.["ActiveState"] === "active");
  if (running.length === 0) return;
  const names = running.join(", ");
  warn(
    `running services may change their data during the copy: ${names}. For a consistent copy, stop them first: systemctl stop ${running.join(" ")}`,
  );
}

/** Names what the service's configuration names, and will not find inside. */
async function warnOfLeftBehind(name: SandboxName, text: string): Promise<void> {
  const { leftBehind } = await planFor(name, text);
  if (leftBehind.length > 0) warn(printableName(describeLeftBehind(leftBehind)));
}

/** The capabilities over its network that units ask for. They may work without. */
async function findAsked(systemd: Systemd, units: readonly string[]): Promise<readonly string[]> {
  const properties = await Promise.all(units.map((unit) => systemd.readUnit(unit)));
  return [...properties.flatMap(findNamed), ...(await readFileCapabilities(properties))];
}

function report(request: CreateRequest, conf: Conf, units: readonly string[], isUp: boolean): void {
  const { name } = conf;
  if (request.json) {
    const unit = `sandbox@${name}.service`;
    printJson({ name, conf: confFile(name), unit, units, started: isUp, enabled: request.enable });
    return;
  }
  const started = `Created and started ${isJob(conf) ? "the timer of " : ""}${name}`;
  print(
    isUp
      ? started
      : request.start
        ? `${started}, which has already ended, without an error`
        : `Created ${name}. ${howToStart(conf)}`,
  );
}
