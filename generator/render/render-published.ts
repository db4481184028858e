import type { Conf, Listen, Publish } from "../../conf/conf.ts";
import { groupPorts, kernelPorts, listenUnit, type PortGroup } from "../../conf/values/publish.ts";
import type { Output } from "../output.ts";
import { idleUnit, renderOrigin } from "./render-instance.ts";

/** Renders the sockets of a sandbox, and what passes on their connections and datagrams. */
export function renderPublished(conf: Conf): readonly Output[] {
  const groups = groupPorts(conf);
  const sockets = [
    ...groups.map(({ unit, hostPort, protocol, listeners }) => ({
      unit: `${unit}.socket`,
      about: `Port ${hostPort} of the host for sandbox ${conf.name}`,
      listeners: listeners.toSorted((one, other) => ((one.address ?? "") < (other.address ?? "") ? -1 : 1)),
      more: protocol === "tcp" ? "NoDelay=yes\n" : "",
    })),
    ...(conf.Listen.length > 0
      ? [
          {
            unit: listenUnit(conf.name),
            about: `Sockets of sandbox ${conf.name}`,
            listeners: conf.Listen,
            more: `Service=sandbox@${conf.name}.service\n`,
          },
        ]
      : []),
  ];
  return [
    ...sockets.map((socket): Output => ({ kind: "file", path: socket.unit, text: renderSocket(conf, socket) })),
    ...(conf.OnDemand ? sockets.map(({ unit }) => wantAtBoot(unit)) : []),
    ...groups.map((group): Output => ({
      kind: "file",
      path: `${group.unit}.service`,
      text: group.protocol === "tcp" ? renderProxy(conf, group) : renderDrain(conf, group),
    })),
    ...renderIdleStop(conf),
  ];
}

const wantAtBoot = (unit: string): Output => ({
  kind: "link",
  path: `sockets.target.wants/${unit}`,
  target: `../${unit}`,
});

interface Socket {
  readonly about: string;
  readonly listeners: readonly (Publish | Listen)[];
  readonly more: string;
}

// BindsTo=, not PartOf=: the port also closes when the sandbox ends by itself, and a connection does not start it
// again. Without After= the socket listens before the sandbox is up, and connections wait. The limit on starts is the
// sandbox's. One of the socket would keep a port closed that a sandbox within its own limit needs, and for good where
// detach opens the socket of an on-demand sandbox again because its start failed.
function renderSocket(conf: Conf, { about, listeners, more }: Socket): string {
  const bound = `BindsTo=sandbox@${conf.name}.service\nBefore=sandbox@${conf.name}.service\n`;
  const listen = listeners.map(({ address, hostPort, protocol }) => {
    const kind = protocol === "tcp" ? "ListenStream" : "ListenDatagram";
    return `${kind}=${address === undefined ? "" : `${address}:`}${hostPort}`;
  });
  const anywhere = listeners.some(({ address }) => address === undefined);
  const somewhere = listeners.some(({ address }) => address !== undefined);
  return `${renderOrigin(conf.files)}
[Unit]
Description=${about}
${conf.OnDemand ? "" : bound}StartLimitIntervalSec=0

[Socket]
${listen.join("\n")}
BindIPv6Only=${anywhere ? "both" : "ipv6-only"}
${somewhere ? "FreeBind=yes\n" : ""}${more}`;
}

// With IdleStopSec=1 a proxy may start ten times in ten seconds. One that always fails is retried far more often,
// because connections wait. The client connects on the host's side; only the proxy's own connection is in the sandbox's
// network, or on the link. Each restriction delays the first connection, so those are left out that a user without
// capabilities is under anyway, such as ProtectClock= and ProtectKernelTunables=. DynamicUser= brings a private /tmp.
function renderProxy(conf: Conf, group: PortGroup): string {
  const { port, toLink } = group;
  // Once the kernel leads to the link, nothing new comes to the proxy.
  const idle = toLink ? 60 : (conf.IdleStopSec ?? 300);
  return `${renderHead(conf, group, "Proxy")}
[Service]
Type=notify
ExecStart=${proxyOf(group)} --connections-max=4096 --exit-idle-time=${idle}s ${toLink ? "${LINK}" : "127.0.0.1"}:${port}
${toLink ? `EnvironmentFile=/run/sandboxcontainer/${conf.name}/link` : `NetworkNamespacePath=/run/sandboxcontainer/${conf.name}/network`}
# Each connection takes six descriptors: two sockets, and two pipes with two ends each.
LimitNOFILE=32768
DynamicUser=yes
CapabilityBoundingSet=
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
PrivateDevices=yes
ProcSubset=pid
ProtectHome=yes
ProtectKernelLogs=yes
ProtectProc=invisible
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
`;
}

const proxyOf = ({ proxyProtocol }: PortGroup): string =>
  proxyProtocol ? "/usr/libexec/sandboxcontainer/proxy" : "/usr/lib/systemd/systemd-socket-proxyd";

// The datagrams that started the sandbox are dropped: their senders ask again, and by then the kernel leads to it.
const renderDrain = (conf: Conf, group: PortGroup): string => `${renderHead(conf, group, "Wake-up")}
[Service]
Type=oneshot
ExecStart=/usr/libexec/sandboxcontainer/drop-datagrams
DynamicUser=yes
`;

function renderHead(conf: Conf, { unit, hostPort, port, protocol }: PortGroup, what: string): string {
  return `${renderOrigin(conf.files)}
[Unit]
Description=${what} from ${protocol === "udp" ? "UDP " : ""}port ${hostPort} of the host to port ${port} of sandbox ${conf.name}
BindsTo=sandbox@${conf.name}.service
After=sandbox@${conf.name}.service
Requires=${unit}.socket
After=${unit}.socket
${conf.OnDemand ? "StartLimitIntervalSec=10s\nStartLimitBurst=30\n" : ""}`;
}

// What the kernel passes on passes no proxy whose end could end the sandbox.
function renderIdleStop(conf: Conf): readonly Output[] {
  if (conf.IdleStopSec === undefined || kernelPorts(conf).length === 0) return [];
  const unit = idleUnit(conf.name);
  const period = Math.max(1, Math.ceil(conf.IdleStopSec / 4));
  const proxies = groupPorts(conf).flatMap(({ unit: proxy, toLink }) => (toLink ? [] : [`${proxy}.service`]));
  const head = (about: string): string => `${renderOrigin(conf.files)}
[Unit]
Description=${about}
BindsTo=sandbox@${conf.name}.service
After=sandbox@${conf.name}.service
`;
  return [
    {
      kind: "file",
      path: `${unit}.timer`,
      text: `${head(`Timer that stops sandbox ${conf.name} when it is idle`)}
[Timer]
OnActiveSec=${period}s
OnUnitInactiveSec=${period}s
AccuracySec=1s
`,
    },
    {
      kind: "file",
      path: `${unit}.service`,
      text: `${head(`Stop of sandbox ${conf.name} if it is idle`)}StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart=/usr/libexec/sandboxcontainer/stop-idle ${[conf.name, conf.IdleStopSec, ...proxies].join(" ")}
# It ends with the sandbox that it stops.
SuccessExitStatus=SIGTERM
LogLevelMax=notice
`,
    },
  ];
}
