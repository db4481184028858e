import { setImmediate as letOthersRun } from "node:timers/promises";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { loadAllConfs } from "../../../conf/load-conf.ts";
import { readTraffic } from "../../host/network/traffic.ts";
import { openStartTimes } from "../../host/process/processes.ts";
import { readMachineId } from "../../host/systemd/machine-id.ts";
import { type BriefState, connectSystemd } from "../../host/systemd/systemd.ts";
import { openLoadedRules } from "../../run/ports/load-rules.ts";
import { snapshotService } from "../../sandbox/snapshot-timer.ts";
import { readDeniedToday } from "../audit/read-audit.ts";
import { measureRoots } from "../measure-roots.ts";
import { version } from "../output.ts";
import { openUpgradesDue } from "../upgrades-due.ts";
import type { Scrape } from "./metrics.ts";
import { beginReading, finishReading, type Found } from "./read-sandbox.ts";

// A sandbox can cause as many denials as it likes.
const mostRecords = 5000;

/**
 * Reads everything about sandboxes in this process: what is the same for all of them once, and nothing that grows with what they
 * contain. With `disk` it also reads their roots. Throws a SandboxError if systemd does not answer.
 */
export async function readScrape(names: readonly SandboxName[], { disk }: { disk: boolean }): Promise<Scrape> {
  // Other programs are asked first. They work while this reads files.
  const asked = Promise.all([
    readStates(names),
    readDeniedToday(mostRecords),
    openUpgradesDue(),
    openLoadedRules(),
    disk ? measureRoots(names) : undefined,
  ]);
  // It is awaited below. Until then an error of systemd has nobody who takes it.
  asked.catch(() => undefined);
  const begun = await beginAll(names);
  const [states, countDenied, findDue, areRulesLoaded, sizes] = await asked;
  const host = { countDenied, findDue, areRulesLoaded, sizes };
  const sandboxes = names.map((name) => {
    const state = states.get(`sandbox@${name}.service`) ?? neverRan;
    const isSnapshotFailed = states.get(snapshotService(name))?.active === "failed";
    return finishReading(name, { ...state, isSnapshotFailed }, begun.get(name), host);
  });
  return { version, seconds: performance.now() / 1000, sandboxes };
}

async function beginAll(names: readonly SandboxName[]): Promise<ReadonlyMap<SandboxName, Found | undefined>> {
  await letOthersRun();
  const confs = new Map(loadAllConfs().sandboxes.map((each) => [each.name, each]));
  const host = { confs, traffic: readTraffic(), startTime: openStartTimes(), machineId: readMachineId() };
  const begun = new Map<SandboxName, Found | undefined>();
  for (const name of names) {
    // Questions to systemd follow on each other's answers, and go on here.
    await letOthersRun();
    begun.set(name, beginReading(name, host));
  }
  return begun;
}

// As systemd describes a unit that it has just loaded.
const neverRan: BriefState = { active: "inactive", restarts: 0 };

async function readStates(names: readonly SandboxName[]): Promise<ReadonlyMap<string, BriefState>> {
  const [first, ...more] = names;
  if (first === undefined) return new Map();
  using systemd = await connectSystemd();
  const which = more.length === 0 ? first : "*";
  return await systemd.readBriefStates(`sandbox@${which}.service`, `sandbox-snapshot@${which}.service`);
}
