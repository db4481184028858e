import { chmodSync, chownSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../../host/write-file.ts";
import { usesDhcp } from "../../../generator/conf/check-network.ts";
import type { Conf } from "../../../generator/conf/conf.ts";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import { type AccessControl, requireControl } from "../../host/access-control.ts";
import { CAP_SYS_RESOURCE, hasCapability, readCapabilities } from "../../host/capabilities.ts";
import { withGeneratedWants } from "../../host/generated-wants.ts";
import { hasIpv6 } from "../../host/links.ts";
import { readMachineId } from "../../host/machine-id.ts";
import { readUnits } from "../../host/read-units.ts";
import { runAtOnce } from "../../host/run-at-once.ts";
import { run } from "../../host/run.ts";
import type { UnitProperties } from "../../host/systemd.ts";
import { textOf } from "../../host/unit-properties.ts";
import { renderTargets } from "../attach/require-targets.ts";
import { writeSeal } from "../seal.ts";
import { renderFilters } from "../seccomp/render-filter.ts";
import { renderControl, type StartControl } from "../start-files.ts";
import { ownStamp, removeStamps, writeStamp } from "../../sandbox/populate/stamp.ts";
import { readGenerators, readTemporary } from "../../sandbox/populate/write-steps.ts";
import { requireState } from "../../sandbox/state.ts";
import { renderDomain } from "./domain-xml.ts";
import { findInnerSocket, possibleSockets } from "./inner-socket.ts";
import { planInside, writeInside } from "./inside-files.ts";
import { renderClaims } from "../claims.ts";
import { renderMounts, requireCovered } from "./mounts.ts";
import { planConfiguration } from "./plan-configuration.ts";
import { type Confinement, planConfinement } from "./plan-confinement.ts";
import { planInterface } from "../network/network-plan.ts";
import { planLink } from "../ports/plan-link.ts";
import { preparePorts } from "../ports/prepare-ports.ts";
import { planDomain } from "./plan-domain.ts";
import { isSettledWhenStarted } from "./is-settled-when-started.ts";
import { prepareNetwork } from "../network/prepare-network.ts";
import { readTemporaryFile } from "./temporary-files.ts";
import { findPatience } from "./unit-patience.ts";

/**
 * Writes everything that a start needs and that can be known beforehand, for attach and launch. In `start/` of the
 * state directory:
 *   domain.xml   for libvirt; configure.xml is for the container in which packages are configured
 *   run/         the files of the sandbox's /run, with the pipes `host/outcome` and `host/ended` to launch and
 *                copy-console, `host/active`, which systemd inside opens when the units are active, and
 *                `host/files` and `host/link`, pipes from launch, if launch raises the limit of open files, and makes a link
 *   sockets, awaited, link, nft-link, nft-open, nft-shut, nft-close, taken: see ../ports/prepare-ports.ts
 *   limits       of [Resources]
 *   mounts       of Mount=
 *   targets      where libvirt mounts what, see ../attach/require-targets.ts
 *   units        of Unit=, to reload
 *   patience     how many seconds their start may take
 *   network, filter, unfilter, servers: see prepare-network.ts
 *   system-calls, for inside/filter: those that the sandbox may use
 *   claims       ids and level that no other running sandbox may have, see ../claims.ts
 *   control      what has to confine the sandbox, see start-files.ts
 *   seal         the list of all these files, see ../seal.ts
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
  const start = join(stateDirectory(conf.name), "start");
  // If this fails half-way, no stamp says that a start is prepared, not even for an earlier conf.
  removeStamps(conf.name);
  rmSync(start, { recursive: true, force: true });
  mkdirSync(start, { mode: 0o700 });
  const put = (file: string, text: string): void => {
    writeFile(join(start, file), text, { mode: 0o600 });
  };
  const filters = await renderFilters(conf);
  put("system-calls", filters.sandbox);
  const link = planLink(conf, state, { machineId: readMachineId(), hasIpv6: hasIpv6() });
  const domain = planDomain(conf, { ...state, idBase }, confinement, filters, generates);
  put("domain.xml", renderDomain(domain));
  put("configure.xml", renderDomain(planConfiguration(domain, confinement, filters.configuration)));
  preparePorts(conf, link, put);
  prepareNetwork(conf, planInterface(conf, state.uuid), put);
  put("limits", conf.resources.map(({ key, value }) => `${key}=${value}\n`).join(""));
  put("mounts", renderMounts(conf));
  put("targets", renderTargets(domain.filesystems));
  put("units", known.Unit.map((unit) => `${unit}\n`).join(""));
  put("patience", `${findPatience(complete.Unit.map(unitOf))}\n`);
  const level = control === "selinux" && conf.Label.kind !== "static" ? state.level : undefined;
  put("claims", renderClaims(idBase, level, link));
  put("control", renderControl(describeControl(control, confinement)));
  writeRun(join(start, "run"), idBase ?? 0, known, unitOf, link !== null);
  writeSeal(conf.name);
  await run("sync", ["--file-system", start]);
  writeStamp(conf.name, ownStamp(conf));
}

function describeControl(control: AccessControl, { profiles }: Confinement): StartControl {
  if (profiles !== null) return { kind: "apparmor", profile: profiles.sandbox, entry: profiles.entry };
  return { kind: control === "selinux" ? "selinux" : "none" };
}

function writeRun(
  run: string,
  owner: number,
  conf: Conf,
  unitOf: (unit: string) => UnitProperties,
  hasLink: boolean,
): void {
  mkdirSync(run, { mode: 0o755 });
  chownSync(run, owner, owner);
  const temporary = conf.Exec === undefined ? [] : readTemporary(conf.name).map(readTemporaryFile);
  const generators = conf.Exec === undefined ? readGenerators(conf.name) : [];
  const settled =
    conf.Exec === undefined &&
    generators.length === 0 &&
    conf.Unit.every((unit) => isSettledWhenStarted(unit, unitOf(unit)));
  const socket = findInnerSocket(conf, (unit) => !["", "not-found"].includes(textOf(unitOf(unit), "LoadState")));
  const files = planInside(conf, { socket, temporary, settled, generators });
  const folders = temporary.flatMap((file) => file.folders ?? []);
  writeInside(run, owner, files, folders);
  if (conf.Exec !== undefined) makeLocks(join(run, "lock"), owner);
  const pipes = [
    "outcome",
    "ended",
    ...(settled ? ["active"] : []),
    ...(usesDhcp(conf) ? ["online"] : []),
    ...(mayRaiseLimits() ? ["files"] : []),
    ...(hasLink ? ["link"] : []),
  ].map((pipe) => join(run, "host", pipe));
  runAtOnce("mkfifo", ["--mode=0600", ...pipes], "the pipes of the start cannot be made");
  for (const pipe of pipes) chownSync(pipe, owner, owner);
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
