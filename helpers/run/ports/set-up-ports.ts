import { readFileSync } from "node:fs";
import { describeError, SandboxError } from "../../../base/errors.ts";
import { orMissing, writeFile } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { type Subnet, toBits } from "../../../conf/values/network.ts";
import { deleteLink } from "../../host/network/links.ts";
import type { QuickResult } from "../../host/process/run-quick.ts";
import type { StartPlan, StartPorts } from "../plan/start-plan.ts";
import { runtimeFile } from "../running/run-record.ts";
import { loadRules } from "./load-rules.ts";
import type { Link } from "./plan-ports.ts";
import { refuseRoutes, refuseTakenPorts } from "./refuse-taken.ts";

/** Its actions on the host. Unit tests replace them. */
export interface PortsHost {
  readonly refuse: (name: SandboxName, ports: StartPorts) => Promise<void>;
  readonly deleteLink: (device: string) => Promise<string | undefined>;
  readonly readSetting: (path: string) => string | undefined;
  readonly writeSetting: (path: string, text: string) => void;
  readonly writeRuntime: (name: SandboxName, file: string, text: string) => void;
  readonly load: (rules: string) => Promise<QuickResult>;
}

/**
 * Refuses ports that are taken, and makes the host pass packets on. Does nothing for a sandbox without a link. Throws a
 * SandboxError.
 */
export async function preparePorts(
  name: SandboxName,
  ports: StartPorts | null,
  host: PortsHost = ownHost,
): Promise<void> {
  if (ports === null) return;
  const { link, rules } = ports;
  await host.refuse(name, ports);
  const reason = await host.deleteLink(link.device);
  if (reason !== undefined)
    throw new SandboxError(`the interface ${link.device} of an earlier start cannot be deleted: ${reason}`);
  forward(host);
  host.writeRuntime(name, "link", renderStartLink(link));
  host.writeRuntime(name, "nft-close", rules.close);
}

/**
 * Before a sandbox gets its link, loads what that may send, and what leads to its ports unless they open on demand. Does nothing for a
 * sandbox without a link. detach undoes it. Throws a SandboxError.
 */
export async function loadPorts(
  name: SandboxName,
  { ports, awaited }: Pick<StartPlan, "ports" | "awaited">,
  host: PortsHost = ownHost,
): Promise<void> {
  if (ports === null) return;
  await load(name, ports.rules.link + (awaited.length > 0 ? "" : ports.rules.open), host);
}

/**
 * From now on the kernel leads to the ports of a sandbox that was started on demand. stop shuts them first, so that who
 * comes while it stops waits in systemd's sockets and starts it again. Throws a SandboxError.
 */
export async function openPorts(name: SandboxName, ports: StartPorts | null, host: PortsHost = ownHost): Promise<void> {
  if (ports === null) return;
  await load(name, ports.rules.link + ports.rules.open, host);
  host.writeRuntime(name, "nft-shut", ports.rules.shut);
}

async function load(name: SandboxName, rules: string, host: PortsHost): Promise<void> {
  // units/sandboxcontainer-ports.service loads it again after a firewall has removed it.
  host.writeRuntime(name, "nft", rules);
  const { status, output } = await host.load(rules);
  if (status !== 0)
    throw new SandboxError(`the ports of ${name} cannot be published: ${output.split("\n", 3).join(" ")}`, {
      hint: "Is nftables installed? To do without it: PublishBy=proxy in the conf's [Network] section",
    });
}

const forwarding = [
  { path: "/proc/sys/net/ipv4/ip_forward", family: 4 },
  { path: "/proc/sys/net/ipv6/conf/all/forwarding", family: 6 },
] as const;

// The kernel passes packets from one interface to another only if the host is a router.
function forward(host: PortsHost): void {
  for (const { path, family } of forwarding) {
    // A host without IPv6 does not have the second.
    if (host.readSetting(path)?.trim() !== "0") continue;
    try {
      if (family === 6) keepAdvertisements(host);
      host.writeSetting(path, "1");
    } catch (error) {
      throw new SandboxError(`this host does not forward IPv${family} packets, and ${describeError(error)}`, {
        hint: "Without that the kernel leads no client to a sandbox. Allow it, or set PublishBy=proxy in the conf",
      });
    }
  }
}

// A router takes no routes from others unless it is told so (accept_ra in the kernel's ip-sysctl.rst). The host would lose
// its way to the net.
function keepAdvertisements(host: PortsHost): void {
  for (const [device] of (host.readSetting("/proc/net/if_inet6") ?? "").matchAll(/\S+$/gm)) {
    const path = `/proc/sys/net/ipv6/conf/${device}/accept_ra`;
    if (host.readSetting(path)?.trim() === "1") host.writeSetting(path, "2");
  }
}

const ownHost: PortsHost = {
  refuse: async (name, { link, taken }) => {
    refuseRoutes(name, link);
    await refuseTakenPorts(name, taken);
  },
  deleteLink,
  readSetting: (path) => orMissing(() => readFileSync(path, "utf8")),
  writeSetting: (path, text) => {
    writeFile(path, text);
  },
  writeRuntime: (name, file, text) => {
    writeFile(runtimeFile(name, file), text, { mode: 0o600 });
  },
  load: loadRules,
};

/**
 * Writes NAME=VALUE lines for proxies, stop-idle and drop-datagrams: `LINK` is where proxies connect, and `SOCKETS` the link's
 * addresses in the kernel's tables of sockets.
 */
export function renderStartLink({ device, addresses }: Link): string {
  const [first] = addresses;
  return [
    `DEVICE=${device}`,
    `LINK=${first?.sandbox.text ?? ""}`,
    `SOCKETS=${addresses.flatMap(({ sandbox }) => renderSocket(sandbox)).join("|")}`,
    "",
  ].join("\n");
}

// As in /proc/net/tcp and tcp6 (proc_pid_net(5)): words of this machine's byte order.
function renderSocket({ family, text }: Subnet): readonly string[] {
  const words = (bits: bigint, digits: number): string =>
    bits
      .toString(16)
      .toUpperCase()
      .padStart(digits, "0")
      .replaceAll(/(..)(..)(..)(..)/g, "$4$3$2$1");
  const own = words(toBits({ family, text }), family === 4 ? 8 : 32);
  return family === 4 ? [own, `0000000000000000FFFF0000${own}`] : [own];
}
