import { chmodSync, chownSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { usesDhcp } from "../../../conf/check-network.ts";
import type { Conf } from "../../../conf/conf.ts";
import { hasCredentials } from "../../../conf/credentials.ts";
import { hasIpv6 } from "../../host/network/links.ts";
import { makeFifo } from "../../host/process/pipes.ts";
import { CAP_SYS_RESOURCE, hasCapability, readCapabilities } from "../../host/process/processes.ts";
import { run } from "../../host/process/run.ts";
import { readMachineId } from "../../host/systemd/machine-id.ts";
import type { UnitProperties } from "../../host/systemd/systemd.ts";
import { withGeneratedWants } from "../../host/systemd/unit-files.ts";
import { readUnits, textOf } from "../../host/systemd/unit-properties.ts";
import { type AccessControl, requireControl } from "../../host/walls/access-control.ts";
import { ownStamp, removeStamps, writeStamp } from "../../sandbox/populate/record-content.ts";
import { readGenerators, readTemporary } from "../../sandbox/populate/write-steps.ts";
import { requireState } from "../../sandbox/state.ts";
import { planClaims } from "../claims.ts";
import { planInterface, planNetwork } from "../network/plan-interface.ts";
import { startDirectory, writeStartPlan } from "../plan/kept-plan.ts";
import type { StartControl, StartPlan } from "../plan/start-plan.ts";
import { planLink, planPorts } from "../ports/plan-ports.ts";
import { renderFilters } from "../seccomp/render-filter.ts";
import { planCapabilityMask } from "./capabilities.ts";
import { renderDomain } from "./domain-xml.ts";
import { findInnerSocket, planInside, possibleSockets, writeInside } from "./inside-files.ts";
import { isSettledWhenStarted } from "./is-settled-when-started.ts";
import { planConfiguration } from "./plan-configuration.ts";
import { planDomain, requireCovered, sourcesOf } from "./plan-domain.ts";
import { type Confinement, planConfinement } from "./plan-start.ts";
import { readTemporaryFile } from "./temporary-files.ts";
import { findLongestTimeout } from "./unit-timeout.ts";

/**
 * Writes everything that a start needs and that can be known beforehand, for attach and launch. In `start/` of the
 * state directory:
 *   domain.xml   for libvirt; configure.xml is for the container in which packages are configured
 *   run/         the files of the sandbox's /run, with the pipes `host/outcome` and `host/ended` to launch and
 *                copy-console, `host/active`, which systemd inside opens when the units are active, and
 *                `host/files` and `host/link`, pipes from launch, if launch raises the limit of open files, and makes a link
 *   system-calls, for inside/filter: those that the sandbox may use
 *   plan.json    everything else, see ../plan/start-plan.ts
 * Writes the stamp last. With it systemd skips all this until the conf changes.
 */
export async function prepareSandbox(conf: Conf): Promise<void> {
  requireCovered(conf);
  const state = requireState(conf.name);
  const complete = { ...conf, Unit: withGeneratedWants(conf.Unit) };
  // Generators that run inside decide which other units there are.
  const generates = conf.Exec === undefined && readGenerators(conf.name).length > 0;
  const known = generates ? conf : complete;
  const unitOf = await readUnits(conf.Exec === undefined ? [...complete.Unit, ...possibleSockets(complete)] : []);
  const idBase = conf.UserNamespace ? state.idBase : null;
  const control = requireControl(conf);
  const confinement = planConfinement(conf, control, state.level);
  const start = makeFolder(conf.name);
  const put = (file: string, text: string): void => {
    writeFile(join(start, file), text, { mode: 0o600 });
  };
  const filters = await renderFilters(conf);
  put("system-calls", filters.sandbox);
  const link = planLink(conf, state, { machineId: readMachineId(), hasIpv6: hasIpv6() });
  const domain = planDomain(conf, { ...state, idBase }, confinement, filters, generates);
  put("domain.xml", renderDomain(domain));
  put("configure.xml", renderDomain(planConfiguration(domain, confinement, filters.configuration)));
  const pipes = {
    active: conf.Exec === undefined && !generates && areSettled(known.Unit, unitOf),
    ...{ online: usesDhcp(conf), files: mayRaiseLimits(), link: link !== null },
  };
  writeRun(join(start, "run"), { owner: idBase ?? 0, conf: known, unitOf, pipes });
  const level = control === "selinux" && conf.Label.kind !== "static" ? state.level : undefined;
  writeStartPlan(conf.name, {
    ...describeConf(conf),
    ...planPorts(conf, link),
    ...describeWalls(conf, control, confinement),
    claims: planClaims(idBase, level, link),
    units: known.Unit,
    unitSeconds: findLongestTimeout(complete.Unit.map(unitOf)),
    targets: domain.filesystems.map(({ source, target }) => ({ source, target })),
    pipes,
    network: planNetwork(conf, planInterface(conf, state.uuid)),
  });
  await run("sync", ["--file-system", start]);
  writeStamp(conf.name, ownStamp(conf));
}

function makeFolder(name: SandboxName): string {
  const start = startDirectory(name);
  // If prepare fails half-way, no stamp says that a start is prepared, not even for an earlier conf.
  removeStamps(name);
  rmSync(start, { recursive: true, force: true });
  mkdirSync(start, { mode: 0o700 });
  return start;
}

const areSettled = (units: readonly string[], unitOf: (unit: string) => UnitProperties): boolean =>
  units.every((unit) => isSettledWhenStarted(unit, unitOf(unit)));

const describeConf = (conf: Conf): Pick<StartPlan, "isCommand" | "limits" | "sources" | "credentials"> => ({
  isCommand: conf.Exec !== undefined,
  credentials: hasCredentials(conf) ? { user: conf.Exec === undefined ? null : (conf.User ?? null) } : null,
  limits: conf.resources.map(({ key, value }) => `${key}=${value}`),
  sources: sourcesOf(conf),
});

function describeControl(control: AccessControl, { profiles }: Confinement): StartControl {
  if (profiles !== null) return { kind: "apparmor", profile: profiles.sandbox, entry: profiles.entry };
  return { kind: control === "selinux" ? "selinux" : "none" };
}

const describeWalls = (
  conf: Conf,
  control: AccessControl,
  confinement: Confinement,
): Pick<StartPlan, "control" | "entry"> => ({
  control: describeControl(control, confinement),
  entry: { capabilities: planCapabilityMask(conf), context: confinement.context },
});

interface Inside {
  /** The host's number for the sandbox's root user. */
  readonly owner: number;
  readonly conf: Conf;
  readonly unitOf: (unit: string) => UnitProperties;
  readonly pipes: StartPlan["pipes"];
}

function writeRun(run: string, { owner, conf, unitOf, pipes: wanted }: Inside): void {
  mkdirSync(run, { mode: 0o755 });
  chownSync(run, owner, owner);
  const temporary = conf.Exec === undefined ? [] : readTemporary(conf.name).map(readTemporaryFile);
  const generators = conf.Exec === undefined ? readGenerators(conf.name) : [];
  const socket = findInnerSocket(conf, (unit) => !["", "not-found"].includes(textOf(unitOf(unit), "LoadState")));
  const files = planInside(conf, { socket, temporary, settled: wanted.active, generators });
  const folders = temporary.flatMap((file) => file.folders ?? []);
  writeInside(run, owner, files, folders);
  if (conf.Exec !== undefined) makeLocks(join(run, "lock"), owner);
  const others = Object.entries(wanted).flatMap(([pipe, isWanted]) => (isWanted ? [pipe] : []));
  const pipes = ["outcome", "ended", ...others].map((pipe) => join(run, "host", pipe));
  for (const pipe of pipes) {
    makeFifo(pipe);
    chownSync(pipe, owner, owner);
  }
}

// The same as systemd makes it for units.
function makeLocks(path: string, owner: number): void {
  mkdirSync(path, { recursive: true });
  chmodSync(path, 0o1777);
  chownSync(path, owner, owner);
}

/** Whether this machine lets root raise hard limits: CAP_SYS_RESOURCE (capabilities(7)), which few containers have. */
function mayRaiseLimits(): boolean {
  return hasCapability(readCapabilities("self", "CapEff"), CAP_SYS_RESOURCE);
}
