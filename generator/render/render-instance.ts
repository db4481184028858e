import type { Conf } from "../conf/conf.ts";
import { escapeSpecifiers, type Output } from "../output.ts";
import { usesHostServers } from "../conf/check-network.ts";
import type { Network } from "../conf/values/parse-network.ts";
import { imageMountUnit } from "../conf/image-unit.ts";
import { groupPorts, socketUnits } from "../conf/publish-groups.ts";

/**
 * The file that adds to a static template what one sandbox's conf says. Its name sorts before those that others give their
 * drop-ins, such as Pacemaker's 50-pacemaker.conf, so that theirs win (systemd.unit(5)).
 */
export const dropInPath = (unit: string): string => `${unit}.d/40-sandboxcontainer.conf`;

/** The first line of everything generated: where to change it. */
export const renderOrigin = (files: readonly string[]): string => `# Generated from ${files.join(" ")}`;

/** Has `systemctl status` show the conf, and say that a daemon-reload is due when the conf was changed. */
export const renderSource = (path: string): string => `SourcePath=${escapeSpecifiers(path)}`;

/** Drop-in of `sandbox@NAME.service`. */
export function renderInstance(conf: Conf, stamp: string): Output {
  const ports = groupPorts(conf);
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
    ...renderStartLimit(conf),
    // Whom nobody connects to any more nobody needs: the proxies end after IdleStopSec=. A start by hand brings them along,
    // and they wait for the first connection.
    ...(conf.IdleStopSec === undefined
      ? []
      : ["StopWhenUnneeded=yes", `Wants=${ports.map(({ unit }) => `${unit}.service`).join(" ")}`]),
    ...conf.passThrough.Unit.map(({ key, value }) => `${key}=${value}`),
    "",
    "[Service]",
    `Environment=STAMP=${stamp}`,
    ...renderWaiting(conf),
    ...service,
  ];
  return { kind: "file", path: dropInPath(`sandbox@${conf.name}.service`), text: `${lines.join("\n")}\n` };
}

// Who has the host's service read its configuration again means all that run of it. systemd passes by what does not run.
function propagateReload({ Unit: units }: Conf): readonly string[] {
  const services = units.filter((unit) => unit.endsWith(".service"));
  return services.length === 0 ? [] : [`ReloadPropagatedFrom=${services.join(" ")}`];
}

// libvirt makes its networks when it is started; a bridge is what the host's own network configuration makes.
function orderNetwork({ kind }: Network): readonly string[] {
  if (kind === "libvirt") return ["Wants=virtnetworkd.socket", "After=virtnetworkd.socket virtnetworkd.service"];
  return kind === "bridge" ? ["Wants=network-online.target", "After=network-online.target"] : [];
}

// systemd counts a start that waits for a stop several times, and when the limit is reached it takes the unit for failed in
// the middle of that stop. A sandbox that stops when idle is started like this all the time, so it has no limit; detach sees to it
// that one which fails is not tried for ever, see renderWaiting. Of Listen= it cannot: its sockets are not opened while it is active.
function renderStartLimit({ OnDemand: onDemand, Listen: listen }: Conf): readonly string[] {
  if (!onDemand) return [];
  return listen.length === 0 ? ["StartLimitIntervalSec=0"] : ["StartLimitIntervalSec=2min", "StartLimitBurst=20"];
}

// For detach: the sockets whose waiting connections are refused when the sandbox failed. Without a limit of starts, restarts of
// our own accord must become rarer.
function renderWaiting(conf: Conf): readonly string[] {
  const sockets = groupPorts(conf).map(({ unit }) => `${unit}.socket`);
  if (!conf.OnDemand || sockets.length === 0) return [];
  return [`Environment="ON_DEMAND=${sockets.join(" ")}"`, "RestartSteps=10", "RestartMaxDelaySec=1min"];
}

/** Drop-in of `sandbox-root@NAME.service`: an unchanged conf has nothing to populate or label. */
export function renderRoot(conf: Conf, stamp: string): Output {
  const image = imageUnits(conf).map((unit) => `Requires=${unit}\nAfter=${unit}\n`);
  const text = `${renderOrigin(conf.files)}\n[Unit]\nConditionPathExists=!/var/lib/sandboxcontainer/${conf.name}/${stamp}\n${image.join("")}`;
  return { kind: "file", path: dropInPath(`sandbox-root@${conf.name}.service`), text };
}

const imageUnits = ({ Image: image, name }: Conf): readonly string[] =>
  image === undefined ? [] : [imageMountUnit(name)];

function describeContent(conf: Conf): string {
  const text = conf.Exec?.text ?? conf.Unit.join(", ");
  return escapeSpecifiers(text.length > 80 ? `${text.slice(0, 77)}...` : text);
}
