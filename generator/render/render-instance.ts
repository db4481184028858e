import { dirname } from "node:path";
import { type ConfError, describeError } from "../../base/errors.ts";
import { libraryDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { usesHostServers } from "../../conf/check-network.ts";
import { type Conf, imageMountUnit, isJob } from "../../conf/conf.ts";
import { credentialLines } from "../../conf/credentials.ts";
import { withOwnSpecifiers } from "../../conf/specifiers.ts";
import { hasInterface, type Network } from "../../conf/values/network.ts";
import { groupPorts, kernelPorts, socketUnits } from "../../conf/values/publish.ts";
import { parseUnitName } from "../../conf/values/values.ts";
import { escapeSpecifiers, type Output, quoteExecWord } from "../output.ts";
import { renderLines, renderNeeds } from "./render-conditions.ts";

/**
 * The drop-in that adds the settings of one conf to a static template. Its name sorts before other programs' drop-ins,
 * such as Pacemaker's 50-pacemaker.conf, so that theirs win (systemd.unit(5)).
 */
export const dropInPath = (unit: string): string => `${unit}.d/40-sandboxcontainer.conf`;

/** The first line of every generated file: it names the files to edit. */
export const renderOrigin = (files: readonly string[]): string => `# Generated from ${files.join(" ")}`;

/** Makes `systemctl status` show the conf, and ask for a daemon-reload when the conf has changed. */
export const renderSource = (path: string): string => `SourcePath=${escapeSpecifiers(path)}`;

/** Renders the drop-in of `sandbox@NAME.service`. */
export function renderInstance(conf: Conf, stamp: string): Output {
  const wanted = [...socketUnits(conf), ...imageUnits(conf)].join(" ");
  const service = conf.passThrough.Service.map(({ key, value }) => `${key}=${value}`);
  const lines = [
    renderOrigin(conf.files),
    "[Unit]",
    renderSource(conf.path),
    `Description=Sandbox ${conf.name} (${describeContent(conf)})`,
    ...propagateReload(conf),
    ...(wanted === "" ? [] : [`Wants=${wanted}`, `After=${wanted}`]),
    ...orderNetwork(conf.Network),
    ...(usesHostServers(conf) ? ["Wants=sandboxcontainer-servers.path"] : []),
    ...orderPorts(conf),
    ...renderStartLimit(conf),
    ...renderIdleStop(conf),
    ...renderLines(conf.passThrough.Unit),
    "",
    "[Service]",
    `Environment=STAMP=${stamp}`,
    ...renderWaiting(conf),
    ...service,
  ];
  return { kind: "file", path: dropInPath(`sandbox@${conf.name}.service`), text: `${lines.join("\n")}\n` };
}

// A reload of the host's service also reloads the sandboxes of that service. systemd skips those that do not run.
function propagateReload({ Unit: units }: Conf): readonly string[] {
  const services = units.filter((unit) => unit.endsWith(".service"));
  return services.length === 0 ? [] : [`ReloadPropagatedFrom=${services.join(" ")}`];
}

// libvirt makes its networks when its daemon starts. The host's own network configuration makes a bridge.
function orderNetwork({ kind }: Network): readonly string[] {
  if (kind === "libvirt") return ["Wants=virtnetworkd.socket", "After=virtnetworkd.socket virtnetworkd.service"];
  return kind === "bridge" ? ["Wants=network-online.target", "After=network-online.target"] : [];
}

// systemd counts a start that waits for a stop several times. At the limit it marks the unit as failed in the middle of
// that stop. A sandbox that stops when idle often starts like this, so it has no limit; instead detach ends endless
// retries, see renderWaiting. detach cannot do that for Listen=, because those sockets are not opened while the sandbox
// is active.
function renderStartLimit({ OnDemand: onDemand, Listen: listen }: Conf): readonly string[] {
  if (!onDemand) return [];
  return listen.length === 0 ? ["StartLimitIntervalSec=0"] : ["StartLimitIntervalSec=2min", "StartLimitBurst=20"];
}

// A firewall that starts later would remove our rules, and its reload is ours too: units/sandboxcontainer-ports.service.
const orderPorts = (conf: Conf): readonly string[] =>
  kernelPorts(conf).length === 0 && !hasInterface(conf.Network)
    ? []
    : ["Wants=sandboxcontainer-ports.service", "After=nftables.service firewalld.service"];

/** The units that stop an idle sandbox, without suffix. */
export const idleUnit = (name: SandboxName): string => `sandbox-${name}-idle`;

// The proxies exit IdleStopSec= after the last connection; then nothing needs the sandbox any more. A manual start starts
// the proxies too, and they wait for the first connection.
function renderIdleStop(conf: Conf): readonly string[] {
  if (conf.IdleStopSec === undefined) return [];
  if (kernelPorts(conf).length > 0) return [`Wants=${idleUnit(conf.name)}.timer`];
  const proxies = groupPorts(conf).map(({ unit }) => `${unit}.service`);
  return ["StopWhenUnneeded=yes", `Wants=${proxies.join(" ")}`];
}

// Names the sockets for detach, which refuses their waiting connections if the sandbox fails. Because starts have no
// limit, automatic restarts must become rarer.
function renderWaiting(conf: Conf): readonly string[] {
  if (!conf.OnDemand || conf.Publish.length === 0) return [];
  const sockets = groupPorts(conf).map(({ unit }) => `${unit}.socket`);
  return [`Environment="ON_DEMAND=${sockets.join(" ")}"`, "RestartSteps=10", "RestartMaxDelaySec=1min"];
}

/** Renders the drop-in of the unit that reads credentials again. */
export function renderCredentials(conf: Conf): readonly Output[] {
  const lines = credentialLines(conf).map(({ key, value }) => `${key}=${withOwnSpecifiers(value, conf.name)}`);
  if (lines.length === 0) return [];
  const text = `${[renderOrigin(conf.files), "[Service]", ...lines].join("\n")}\n`;
  return [{ kind: "file", path: dropInPath(`sandbox-credentials@${conf.name}.service`), text }];
}

/** Renders the drop-ins of the units that work before the sandbox starts, which few confs need. */
export function renderSteps(conf: Conf): readonly Output[] {
  const needs = renderNeeds(conf);
  if (needs.length === 0) return [];
  const text = `${[renderOrigin(conf.files), "[Unit]", ...needs].join("\n")}\n`;
  return ["root", "configure"].map((step) => ({
    kind: "file",
    path: dropInPath(`sandbox-${step}@${conf.name}.service`),
    text,
  }));
}

const imageUnits = ({ Image: image, name }: Conf): readonly string[] =>
  image === undefined ? [] : [imageMountUnit(name)];

/** What runs in it, for a Description=. */
export function describeContent(conf: Conf): string {
  const text = conf.Exec?.text ?? conf.Unit.join(", ");
  return escapeSpecifiers(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}

// More errors do not fit on a screen, and a line of a unit file has at most 1 MiB.
const maxErrors = 20;

/** Renders the drop-in of a sandbox whose conf is wrong. Its start fails and says why; a stop still works. */
export function renderFailure(
  { name, path, files }: Pick<Conf, "name" | "path" | "files">,
  errors: readonly ConfError[],
  show: (text: string) => string,
): Output {
  const more = errors.length - maxErrors;
  const messages = [
    ...errors.slice(0, maxErrors).map((error) => show(describeError(error))),
    ...(more > 0 ? [`and ${more} more; sandboxcontainer verify ${name} lists them all`] : []),
  ];
  const words = messages.map((message) => quoteExecWord(`<3>${message}`));
  const text = `${renderOrigin(files)}
[Unit]
${renderSource(path)}
Description=Sandbox ${name} (error in its conf)
# Reset, because a conf that is a broken link does not exist for systemd.
AssertPathExists=

[Service]
Restart=no
ExecStartPre=
ExecStartPre=/bin/sh -c 'printf "%%s\\n" "$$@" >&2; exit 2' sh ${words.join(" ")}
`;
  return { kind: "file", path: dropInPath(`sandbox@${name}.service`), text };
}

type Installed = Pick<Conf, "timer"> & { readonly passThrough: Pick<Conf["passThrough"], "Install"> };

const folderOf: ReadonlyMap<string, string> = new Map([
  ["WantedBy", "wants"],
  ["RequiredBy", "requires"],
  ["UpheldBy", "upholds"],
]);

/**
 * Renders the links that make other units start the sandbox, as `systemctl enable` does, or the timer of a job. Skips invalid
 * unit names.
 */
export function renderInstall(
  name: SandboxName,
  { timer, passThrough: { Install: install } }: Installed,
): readonly Output[] {
  const type = isJob({ timer }) ? "timer" : "service";
  const units = new Map<string, string[]>();
  for (const { key, value } of install) {
    const words = value.split(/\s+/).filter(isUnitName);
    units.set(key, value === "" ? [] : [...(units.get(key) ?? []), ...words]);
  }
  const folders = [...units].flatMap(([key, names]) => names.map((unit) => `${unit}.${folderOf.get(key) ?? "wants"}`));
  return [...new Set(folders)].map((folder) => ({
    kind: "link",
    path: `${folder}/sandbox@${name}.${type}`,
    target: `${dirname(libraryDirectory)}/systemd/system/sandbox@.${type}`,
  }));
}

function isUnitName(text: string): boolean {
  try {
    return parseUnitName(text) === text;
  } catch {
    return false;
  }
}
