import type { Conf } from "../../../generator/conf/conf.ts";

/** A wall around a sandbox in the words of systemd.exec(5): the settings that a unit would need for the same effect. */
export interface Wall {
  readonly name: string;
  readonly directives: readonly string[];
}

const always: readonly Wall[] = [
  {
    name: "a root of its own",
    directives: ["RootDirectory=/var/empty", "ProtectSystem=strict", "ProtectHome=yes", "PrivateTmp=yes"],
  },
  {
    name: "process, IPC, UTS and cgroup namespaces",
    directives: ["ProtectProc=invisible", "ProtectHostname=yes", "ProtectControlGroups=yes"],
  },
  {
    name: "no devices, kernel settings read-only",
    directives: ["PrivateDevices=yes", "DevicePolicy=closed", "ProtectKernelTunables=yes", "ProtectKernelModules=yes"],
  },
];

// A capability in one's own namespace is not a capability over the host (user_namespaces(7)).
const ids: Wall = {
  name: "ids of its own",
  directives: [
    ...["User=65534", "PrivateUsers=yes", "CapabilityBoundingSet=", "RestrictRealtime=yes"],
    ...["ProtectClock=yes", "ProtectKernelLogs=yes"],
  ],
};
const network: Wall = { name: "a network of its own", directives: ["PrivateNetwork=yes"] };
const label: Wall = {
  name: "an SELinux domain and level",
  directives: ["RestrictNamespaces=yes", "KeyringMode=private"],
};

/**
 * Lists the walls of a sandbox with this conf, seen from the host. SECURITY.md has what they do beyond systemd's words.
 */
export const listWalls = (conf: Pick<Conf, "UserNamespace" | "Network" | "Label">): readonly Wall[] => [
  ...always,
  ...(conf.UserNamespace ? [ids] : []),
  ...(conf.Network.kind === "host" ? [] : [network]),
  ...(conf.Label.kind === "none" ? [] : [label]),
];
