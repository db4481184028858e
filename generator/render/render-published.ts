import type { Conf, Listen, Publish } from "../conf/conf.ts";
import type { Output } from "../output.ts";
import { groupPorts, listenUnit, type PortGroup } from "../conf/publish-groups.ts";
import { renderOrigin } from "./render-instance.ts";

/** The sockets of a sandbox, and the proxies of its published ports. */
export function renderPublished(conf: Conf): readonly Output[] {
  const sockets = [
    ...groupPorts(conf).map(({ unit, hostPort, listeners }) => ({
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
    ...groupPorts(conf).map((group): Output => ({
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

// BindsTo= and not PartOf=: of a sandbox that died by itself the port is closed too, and a connection does not start it.
// Without After= the socket listens before the sandbox is up; what connects meanwhile waits. One that starts the sandbox is
// opened anew by detach whenever that fails, and with a limit of starts the port would be closed for good.
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
${conf.OnDemand ? "StartLimitIntervalSec=0\n" : bound}
[Socket]
${listen.join("\n")}
BindIPv6Only=${anywhere ? "both" : "ipv6-only"}
${somewhere ? "FreeBind=yes\n" : ""}${more}`;
}

// With IdleStopSec=1 a proxy may start ten times in ten seconds; one that always fails is tried many times more by what waits.
// The connection itself was made on the host's side; only the one that the proxy makes is in the sandbox's network.
// Each restriction makes the first connection wait longer, so there is none that a user without capabilities is under anyway, as
// ProtectClock= and ProtectKernelTunables=; DynamicUser= brings a /tmp of its own.
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
# Six per connection: two sockets, two pipes.
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
