import { ConfErrors, describeError } from "../../base/errors.ts";
import { orMissing } from "../../base/files.ts";
import { confFile } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import type { Conf } from "../../conf/conf.ts";
import { loadAllConfs, loadConf, type LoadedConf } from "../../conf/load-conf.ts";
import { verifyConf } from "../../conf/verify-conf.ts";
import { describeNetwork, hasInterface } from "../../conf/values/network.ts";
import { describePublish, eachPort } from "../../conf/values/publish.ts";
import { openReplacedFiles, type ReplacedFiles } from "../host/files/replaced-files.ts";
import { findController } from "../host/libvirt/find-controller.ts";
import { readAddresses } from "../host/network/links.ts";
import { readUsage } from "../host/process/cgroup.ts";
import type { Systemd, UnitState } from "../host/systemd/systemd.ts";
import { openEnablement } from "../host/systemd/unit-files.ts";
import { profileOf, readConfinement } from "../host/walls/apparmor.ts";
import { findLocalOnly } from "../run/ports/find-local-only.ts";
import { type AreRulesLoaded, openLoadedRules } from "../run/ports/load-rules.ts";
import { readStartedStamp, tryReadRunning } from "../run/running/read-running.ts";
import type { RunPlan } from "../run/running/run-record.ts";
import { bootUnit, findBootUnit } from "../sandbox/job-timer.ts";
import { findFormer, listOrphans } from "../sandbox/orphans.ts";
import { ownStamp } from "../sandbox/populate/record-content.ts";
import { listSnapshots } from "../sandbox/snapshots/snapshots.ts";
import { tryReadState } from "../sandbox/state.ts";
import { findUninstalled } from "../sandbox/uninstalled.ts";
import { printableName } from "../sandbox/untrusted-text.ts";
import { readConflicts } from "../sandbox/upgrade/decide.ts";
import { type CountOutdated, type FindOutdatedFiles, openOutdated, openOutdatedFiles } from "./outdated.ts";
import {
  describeTimers,
  readTimerUnits,
  type SnapshotTimerFacts,
  type TimerFacts,
  type TimerUnits,
} from "./timer-facts.ts";

/** The facts that `list` and `show` print about a sandbox. The keys are those of their JSON. */
export interface SandboxFacts {
  readonly name: SandboxName;
  /** systemd's ActiveState of the instance unit. */
  readonly state: string;
  readonly substate: string;
  /** The units or the command line that run in it; empty if the conf cannot be read. */
  readonly runs: string;
  /** What systemd says of a start at boot; of a job, of its timer. */
  readonly enabled: string;
  /** systemd's Result of the last run. */
  readonly result: string;
  /** How often Restart= started it again. */
  readonly restarts: number;
  /** The SELinux level, such as `s0:c1,c2`; null before there is a root, or without a label. */
  readonly level: string | null;
  /** The AppArmor profile of its first process; null before the first start, and without AppArmor. */
  readonly profile: string | null;
  /** Whether it runs without the AppArmor profile that confined it. Somebody unloaded it, or it only complains. */
  readonly unconfined: boolean;
  /** The memory that it uses now; null if it does not run, or if the kernel does not count it. */
  readonly memoryBytes: number | null;
  /** The ports, in the form of Publish=. */
  readonly ports: readonly string[];
  /** The ports of Publish= and Listen=. */
  readonly published: readonly PublishedPort[];
  /** As in the conf; null if that cannot be used. */
  readonly network: string | null;
  /** The addresses of its own interface, while it runs. */
  readonly addresses: readonly string[];
  /** The time when the unit entered its state, in seconds since the epoch; null if it never ran. */
  readonly since: number | null;
  /** The timer of a job; null if it is none. */
  readonly timer: TimerFacts | null;
  /** The timer of its snapshots; null without [Snapshots]. */
  readonly snapshotTimer: SnapshotTimerFacts | null;
  /** Files below /usr that its processes still use and that the host has replaced. */
  readonly replacedFiles: readonly string[];
  /** Whether the conf differs from the one that the running sandbox was started with. */
  readonly confChanged: boolean;
  /** Packages of its root that the host has in another version, or no longer; null without a root. */
  readonly outdatedPackages: number | null;
  /** Settings of the host, such as its time zone, that changed after the root was made. */
  readonly outdatedFiles: readonly string[];
  /** A sandbox without a conf whose root was made from the same conf, if this one has no root. */
  readonly formerName: SandboxName | null;
  /** Its units, or the program of Exec=, that the host no longer has. */
  readonly missingUnits: readonly string[];
  /** Paths that both the sandbox and the host changed, and that nobody has merged since the upgrade. */
  readonly conflicts: readonly string[];
  /** Whether a firewall has removed rules of its ports, and with them walls of its link. */
  readonly portsLost: boolean;
  /** Published ports on which only the loopback inside listens, so that no client reaches them, in the form of Publish=. */
  readonly localOnly: readonly string[];
  /** The names of its snapshots, the oldest first. */
  readonly snapshots: readonly string[];
  readonly error: string | null;
}

interface PublishedPort {
  /** IPv6 is in brackets; null means all addresses of the host. */
  readonly address: string | null;
  readonly port: number;
  /** The port in the sandbox; for Listen= the same. */
  readonly inside: number;
  readonly protocol: "tcp" | "udp";
}

/** Reads the facts of one sandbox. */
export async function readFacts(systemd: Systemd, name: SandboxName): Promise<SandboxFacts> {
  const unit = `sandbox@${name}.service`;
  const outdated = openOutdated();
  const state = (await systemd.readStates(unit)).get(unit) ?? neverRan;
  const enabled = await systemd.readEnablement(findBootUnit(name));
  const host = {
    timers: await readTimerUnits(systemd, name, [verifyConf(name).conf]),
    replaced: openReplacedFiles(),
    findOutdatedFiles: openOutdatedFiles(),
    countOutdated: await outdated,
    areRulesLoaded: await openLoadedRules(),
  };
  return describeSandbox(
    name,
    tryConf(() => loadConf(name)),
    state,
    enabled,
    host,
  );
}

/** Reads the facts of many sandboxes. It reads confs, and asks systemd and the host's processes, once for all of them. */
export async function readAllFacts(
  systemd: Systemd,
  names: readonly SandboxName[],
  outdated: Promise<CountOutdated>,
): Promise<readonly SandboxFacts[]> {
  // systemd takes longest, so the rest is read meanwhile.
  const [states, { readEnablement, loaded, ...host }] = await Promise.all([
    systemd.readStates("sandbox@*.service"),
    readHost(systemd, outdated),
  ]);
  return Promise.all(
    names.map(async (name) => {
      const unit = `sandbox@${name}.service`;
      const conf = tryConf(() => confOf(loaded.get(name)) ?? loadConf(name));
      const enabled = await readEnablement(bootUnit(loaded.get(name)?.conf ?? { name, timer: [] }));
      return describeSandbox(name, conf, states.get(unit) ?? neverRan, enabled, host);
    }),
  );
}

async function readHost(systemd: Systemd, outdated: Promise<CountOutdated>) {
  const areRulesLoaded = openLoadedRules();
  const readEnablement = await openEnablement(systemd);
  const loaded = new Map(loadAllConfs().sandboxes.map((each) => [each.name, each]));
  const confs = [...loaded.values()].map(({ conf }) => conf);
  return {
    timers: await readTimerUnits(systemd, "*", confs),
    ...{ readEnablement, loaded, replaced: openReplacedFiles(), findOutdatedFiles: openOutdatedFiles() },
    countOutdated: await outdated,
    areRulesLoaded: await areRulesLoaded,
  };
}

// As systemd describes a unit that it has just loaded.
const neverRan: UnitState = {
  ...{ active: "inactive", sub: "dead", since: null, isOutdated: false },
  ...{ result: "success", restarts: 0 },
};

/** What is read once for all sandboxes. */
interface Host {
  readonly timers: TimerUnits;
  readonly replaced: ReplacedFiles;
  readonly countOutdated: CountOutdated;
  readonly findOutdatedFiles: FindOutdatedFiles;
  readonly areRulesLoaded: AreRulesLoaded;
}

function describeSandbox(
  name: SandboxName,
  [conf, error]: TriedConf,
  state: UnitState,
  enabled: string,
  host: Host,
): SandboxFacts {
  const controller = findController(name);
  const control = tryReadRunning(name)?.control;
  return {
    name,
    ...{ state: state.active, substate: state.sub },
    runs: conf === null ? "" : describeContent(conf),
    enabled,
    ...{ result: state.result, restarts: state.restarts },
    level: tryReadState(name)?.level ?? null,
    profile: control?.kind === "apparmor" ? control.profile : null,
    unconfined: controller !== undefined && !isConfined(name, controller.initPid),
    memoryBytes: controller === undefined ? null : (orMissing(() => readUsage(controller.pid))?.memoryBytes ?? null),
    ports: conf?.Publish.map(describePublish) ?? [],
    published: conf === null ? [] : listPublished(conf),
    network: conf === null ? null : describeNetwork(conf.Network),
    addresses:
      controller !== undefined && conf !== null && hasInterface(conf.Network)
        ? withoutLink(name, readAddresses(controller.initPid))
        : [],
    ...{ since: state.since, ...describeTimers(conf, host.timers) },
    replacedFiles: controller === undefined ? [] : host.replaced(controller.pid).map(printableName),
    confChanged: controller !== undefined && (state.isOutdated || isOther(conf, readStartedStamp(name))),
    outdatedPackages: host.countOutdated(name),
    outdatedFiles: host.findOutdatedFiles(name),
    formerName: conf === null ? null : (findFormer(name, ownStamp(conf))[0] ?? null),
    missingUnits: conf === null ? [] : findUninstalled(name, conf.Unit, conf.Exec?.words[0]),
    portsLost: controller !== undefined && !host.areRulesLoaded(name),
    localOnly:
      controller === undefined || conf === null ? [] : findLocalOnly(conf, controller.initPid).map(describePublish),
    ...{ conflicts: readConflicts(name).map(({ path }) => path), snapshots: listSnapshotNames(name) },
    error: conf === null ? (describeOrphan(name) ?? error) : error,
  };
}

const listSnapshotNames = (name: SandboxName): readonly string[] => listSnapshots(name).map(({ snapshot }) => snapshot);

const describeOrphan = (name: SandboxName): string | undefined =>
  listOrphans().includes(name) ? `${name} has a root and no conf: ${confFile(name)}` : undefined;

// Nobody but the kernel uses its addresses.
function withoutLink(name: SandboxName, addresses: readonly string[]): readonly string[] {
  const ends = tryReadRunning(name)?.ports?.link.addresses.map(({ sandbox }) => sandbox.text) ?? [];
  return addresses.filter((address) => !ends.includes(address));
}

export const listPublished = (conf: Pick<Conf, "Publish" | "Listen">): readonly PublishedPort[] =>
  [...conf.Publish.flatMap(eachPort), ...conf.Listen.map((each) => ({ ...each, port: each.hostPort }))].map(
    ({ address = null, hostPort, port, protocol }) => ({ address, port: hostPort, inside: port, protocol }),
  );

/**
 * Whether PID 1 of a sandbox is still in the AppArmor profile of its start, if it has one. Not if nothing says any more
 * what it has.
 */
export const isConfined = (name: SandboxName, initPid: number): boolean =>
  isConfinedBy(name, tryReadRunning(name)?.control, initPid);

/** The same if one knows what it has. */
export function isConfinedBy(name: SandboxName, control: RunPlan["control"] | undefined, initPid: number): boolean {
  if (control === undefined) return false;
  if (control.kind !== "apparmor") return true;
  const found = readConfinement(initPid);
  return (
    found === undefined || [control.profile, profileOf(name, "start")].some((each) => found === `${each} (enforce)`)
  );
}

const isOther = (conf: Conf | null, stamp: string | undefined): boolean =>
  conf === null || (stamp !== undefined && stamp !== ownStamp(conf));

export const describeContent = (conf: Conf): string => (conf.Exec === undefined ? conf.Unit.join(" ") : conf.Exec.text);

/** A conf, or what is wrong with it. */
type TriedConf = readonly [Conf, null] | readonly [null, string];

function tryConf(load: () => Conf): TriedConf {
  try {
    return [load(), null];
  } catch (error) {
    return [null, describeError(error)];
  }
}

function confOf(loaded: LoadedConf | undefined): Conf | undefined {
  if (loaded !== undefined && loaded.errors.length > 0) throw new ConfErrors(loaded.errors);
  return loaded?.conf;
}
