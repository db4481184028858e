import type { Conf } from "./conf.ts";
import type { Output } from "./output.ts";
import { groupPorts, type PortGroup } from "./publish-groups.ts";
import { renderOrigin } from "./render-instance.ts";

/** The socket and the proxy of every published port. */
export function renderPublished(conf: Conf): readonly Output[] {
  return groupPorts(conf).flatMap((group) => [
    { kind: "file", path: `${group.unit}.socket`, text: renderSocket(conf, group) },
    { kind: "file", path: `${group.unit}.service`, text: renderProxy(conf, group) },
  ]);
}

// BindsTo= and not PartOf=: of a sandbox that died by itself the port is closed too, and a connection does not start it.
// Without After= the socket listens before the sandbox is up; what connects meanwhile waits.
function renderSocket(conf: Conf, { hostPort, listeners }: PortGroup): string {
  const addresses = listeners.flatMap(({ address }) => (address === undefined ? [] : [address])).sort();
  const listen =
    addresses.length === 0
      ? [`ListenStream=${hostPort}`, "BindIPv6Only=both"]
      : [
          ...addresses.map((address) => `ListenStream=${address}:${hostPort}`),
          "BindIPv6Only=ipv6-only",
          "FreeBind=yes",
        ];
  return `${renderOrigin(conf.files)}
[Unit]
Description=Port ${hostPort} of the host for sandbox ${conf.name}
BindsTo=sandbox@${conf.name}.service
Before=sandbox@${conf.name}.service

[Socket]
${listen.join("\n")}
NoDelay=yes
`;
}

// The connection itself was made on the host's side; only the one that the proxy makes is in the sandbox's network.
function renderProxy(conf: Conf, { unit, hostPort, port }: PortGroup): string {
  return `${renderOrigin(conf.files)}
[Unit]
Description=Proxy from port ${hostPort} of the host to port ${port} of sandbox ${conf.name}
BindsTo=sandbox@${conf.name}.service
After=sandbox@${conf.name}.service
Requires=${unit}.socket
After=${unit}.socket

[Service]
Type=notify
ExecStart=/usr/lib/systemd/systemd-socket-proxyd --connections-max=4096 --exit-idle-time=5min 127.0.0.1:${port}
NetworkNamespacePath=/run/sandboxcontainer/${conf.name}/network
# Six per connection: two sockets, two pipes.
LimitNOFILE=32768
DynamicUser=yes
CapabilityBoundingSet=
LockPersonality=yes
MemoryDenyWriteExecute=yes
NoNewPrivileges=yes
PrivateDevices=yes
PrivateTmp=yes
ProcSubset=pid
ProtectClock=yes
ProtectControlGroups=yes
ProtectHome=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProtectSystem=strict
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
`;
}
