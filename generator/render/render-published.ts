import type { Conf, Listen, Publish } from "../conf/conf.ts";
import type { Output } from "../output.ts";
import { groupPorts, listenUnit, type PortGroup } from "../conf/publish-groups.ts";
import { renderOrigin } from "./render-instance.ts";

/** Renders the sockets of a sandbox, and the proxies of its published ports. */
export function renderPublished(conf: Conf): readonly Output[] {
  const groups = groupPorts(conf);
  const sockets = [
    ...groups.map(({ unit, hostPort, listeners }) => ({
      unit: `${unit}.socket`,
      about: `Port ${hostPort} of the host for sandbox ${conf.name}`,
      listeners: listeners.toSorted((one, other) => ((one.address ?? "") < (other.address ?? "") ? -1 : 1)),
      more: "NoDelay=yes\n",
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
      text: renderProxy(conf, group),
    })),
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
// network. Each restriction delays the first connection, so those are left out that a user without capabilities is
// under anyway, such as ProtectClock= and ProtectKernelTunables=. DynamicUser= brings a private /tmp.
function renderProxy(conf: Conf, { unit, hostPort, port }: PortGroup): string {
  return `${renderOrigin(conf.files)}
[Unit]
Description=Proxy from port ${hostPort} of the host to port ${port} of sandbox ${conf.name}
BindsTo=sandbox@${conf.name}.service
After=sandbox@${conf.name}.service
Requires=${unit}.socket
After=${unit}.socket
${conf.OnDemand ? "StartLimitIntervalSec=10s\nStartLimitBurst=30\n" : ""}
[Service]
Type=notify
ExecStart=/usr/lib/systemd/systemd-socket-proxyd --connections-max=4096 --exit-idle-time=${conf.IdleStopSec ?? 300}s 127.0.0.1:${port}
NetworkNamespacePath=/run/sandboxcontainer/${conf.name}/network
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
