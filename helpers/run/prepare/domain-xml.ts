import XMLBuilder from "fast-xml-builder";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Subnet } from "../../../conf/values/network.ts";
import type { Interface } from "../network/plan-interface.ts";

/** A file system of the container, in the order in which libvirt mounts them. */
export interface Filesystem {
  /** A folder of the host. */
  readonly source: string;
  readonly target: string;
  readonly readOnly: boolean;
}

/** Everything that libvirt learns about a sandbox. */
export interface Domain {
  readonly name: SandboxName;
  readonly uuid: string;
  /** The driver requires this, and sets it as the hard limit of the cgroup. */
  readonly memoryKibibytes: number;
  /** The program of libvirt's controller; null means libvirt's own. */
  readonly controller: string | null;
  /** PID 1 and its arguments. */
  readonly init: readonly [string, ...string[]];
  readonly environment: Readonly<Record<string, string>>;
  /** The first of the sandbox's 65,536 host ids; null without a user namespace. */
  readonly idBase: number | null;
  readonly hostNetwork: boolean;
  readonly nic: Interface | null;
  /** The SELinux context of the container's processes; null if SELinux is not wanted. */
  readonly context: string | null;
  /** All capabilities that the container may ever have, such as `net_raw`. */
  readonly capabilities: readonly string[];
  readonly filesystems: readonly Filesystem[];
}

/** The domain XML (https://libvirt.org/formatdomain.html, drvlxc.html). Same input, same bytes. */
export function renderDomain(domain: Domain): string {
  const builder = new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: "@",
    format: true,
    suppressEmptyNode: true,
  });
  return builder.build({ domain: describeDomain(domain) });
}

function describeDomain(domain: Domain): object {
  const [init, ...initArguments] = domain.init;
  return {
    "@type": "lxc",
    name: domain.name,
    uuid: domain.uuid,
    memory: { "@unit": "KiB", "#text": domain.memoryKibibytes },
    os: {
      type: "exe",
      init,
      initarg: initArguments,
      initenv: Object.entries(domain.environment).map(([name, value]) => ({ "@name": name, "#text": value })),
    },
    ...renderIdMap(domain.idBase),
    features: renderFeatures(domain),
    on_poweroff: "destroy",
    on_reboot: "destroy",
    on_crash: "destroy",
    devices: {
      ...(domain.controller === null ? {} : { emulator: domain.controller }),
      filesystem: domain.filesystems.map(renderFilesystem),
      ...(domain.nic === null ? {} : { interface: renderInterface(domain.nic) }),
      console: { "@type": "pty" },
    },
    seclabel: renderLabel(domain.context),
  };
}

function renderIdMap(base: number | null): object {
  if (base === null) return {};
  const range = { "@start": 0, "@target": base, "@count": 65536 };
  return { idmap: { uid: range, gid: range } };
}

// Without <privnet/> and without an interface, the driver shares the host's network, and with it the abstract sockets.
function renderFeatures({ hostNetwork, capabilities }: Domain): object {
  const kept = Object.fromEntries(capabilities.map((name) => [name, { "@state": "on" }]));
  return { ...(hostNetwork ? {} : { privnet: "" }), capabilities: { "@policy": "deny", ...kept } };
}

function renderFilesystem(filesystem: Filesystem): object {
  return {
    "@type": "mount",
    source: { "@dir": filesystem.source },
    target: { "@dir": filesystem.target },
    ...(filesystem.readOnly ? { readonly: "" } : {}),
  };
}

// The driver sets addresses and routes itself. Without any it leaves the link down, unless told otherwise.
function renderInterface(nic: Interface): object {
  return {
    "@type": nic.kind === "libvirt" ? "network" : "bridge",
    source: { [nic.kind === "libvirt" ? "@network" : "@bridge"]: nic.network },
    mac: { "@address": nic.mac },
    target: { "@dev": nic.device },
    guest: { "@dev": "eth0" },
    ip: nic.addresses.map(renderAddress),
    route: nic.routes.map(({ to, gateway }) => ({
      "@family": `ipv${to.family}`,
      "@address": to.text,
      "@prefix": to.prefix,
      "@gateway": gateway.text,
    })),
    link: { "@state": "up" },
    ...renderFilterReference(nic),
    ...(nic.isolated ? { port: { "@isolated": "yes" } } : {}),
  };
}

const renderAddress = ({ family, text, prefix }: Subnet): object => ({
  "@family": `ipv${family}`,
  "@address": text,
  "@prefix": prefix,
});

// Without an address libvirt's filters believe the first address that is used.
function renderFilterReference({ filter, addresses }: Interface): object {
  if (filter === undefined || filter === "none") return {};
  const ip = addresses.filter(({ family }) => family === 4).map(({ text }) => ({ "@name": "IP", "@value": text }));
  const parameter = ip.length > 0 ? ip : { "@name": "CTRL_IP_LEARNING", "@value": "dhcp" };
  return { filterref: { "@filter": filter, parameter } };
}

// `label` labels the tree, once: libvirt would walk it at every start.
function renderLabel(context: string | null): object {
  return context === null
    ? { "@type": "none" }
    : { "@type": "static", "@model": "selinux", "@relabel": "no", label: context };
}
