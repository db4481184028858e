import { hashText } from "../../../conf/conf-hash.ts";
import type { Conf, Publish } from "../../../conf/conf.ts";
import { fromBits, linkBits, type Subnet, toBits } from "../../../conf/values/network.ts";
import { eachPort, groupPorts, isByKernel, kernelPorts, listenUnit } from "../../../conf/values/publish.ts";
import type { SandboxState } from "../../sandbox/state.ts";
import { makeMac, nameInterface } from "../network/plan-interface.ts";
import type { AwaitedPort, StartPlan, StartSocket } from "../plan/start-plan.ts";
import { renderPorts } from "./port-rules.ts";
import type { TakenPort } from "./refuse-taken.ts";

/** Plans what a start needs for Publish= and Listen=. */
export const planPorts = (conf: Conf, link: Link | null): Pick<StartPlan, "sockets" | "awaited" | "ports"> => ({
  sockets: listSockets(conf),
  awaited: conf.OnDemand ? listAwaited(conf) : [],
  // On demand systemd listens there, so nobody else can.
  ports: link === null ? null : { link, rules: renderPorts(conf, link), taken: conf.OnDemand ? [] : listTaken(conf) },
});

/** The ports of the host that lead to a sandbox. */
export const listTaken = (conf: Conf): readonly TakenPort[] =>
  kernelPorts(conf)
    .flatMap(eachPort)
    .map(({ protocol, hostPort, address = "*" }) => ({ protocol, port: hostPort, address }));

const listSockets = (conf: Conf): readonly StartSocket[] => [
  ...groupPorts(conf).map(({ unit, protocol, hostPort }) => ({ unit: `${unit}.socket`, protocol, port: hostPort })),
  ...conf.Listen.map(({ protocol, hostPort }) => ({ unit: listenUnit(conf.name), protocol, port: hostPort })),
];

function listAwaited(conf: Conf): readonly AwaitedPort[] {
  const describe = (port: Publish): AwaitedPort => ({
    protocol: port.protocol,
    port: port.port,
    byLink: isByKernel(conf, port),
  });
  const ports = conf.Publish.flatMap(eachPort).map(describe);
  return [...new Map(ports.map((port) => [JSON.stringify(port), port])).values()];
}

/** The two ends of a link in one family. */
export interface LinkAddresses {
  readonly host: Subnet;
  readonly sandbox: Subnet;
}

/** A link between the host and one sandbox, which the kernel routes published ports over. */
export interface Link {
  /** The name of its end on the host: the rules of units/ports.nft know links by `sp-`. */
  readonly device: string;
  readonly mac: string;
  /** IPv4 first. */
  readonly addresses: readonly LinkAddresses[];
  /** Whether the sandbox has another interface too, with a default route of its own. */
  readonly isSecond: boolean;
}

/** What it has to know of the host. */
export interface LinkHost {
  readonly machineId: string;
  readonly hasIpv6: boolean;
}

/** The end inside. */
export const linkInside = "host0";

/** Kept for benchmarks between networks (RFC 2544), so that hardly any host routes it. */
const ipv4Range: Subnet = { family: 4, text: "198.18.0.0", prefix: 15 };

/**
 * Null for a sandbox without ports that the kernel passes on. The addresses depend on the ids and the range only, so they
 * stay as long as the root.
 */
export function planLink(
  conf: Conf,
  { idBase, uuid }: Pick<SandboxState, "idBase" | "uuid">,
  host: LinkHost,
): Link | null {
  if (kernelPorts(conf).length === 0) return null;
  const index = idBase === null ? parseInt(uuid.slice(0, 8), 16) : Math.floor(idBase / 65_536);
  const rangeOf = (family: 4 | 6, fallback: Subnet): Subnet =>
    conf.LinkRange.find((range) => range.family === family) ?? fallback;
  return {
    device: nameInterface("sp-", conf.name),
    mac: makeMac("06", uuid),
    addresses: [rangeOf(4, ipv4Range), ...(host.hasIpv6 ? [rangeOf(6, ipv6Range(host.machineId))] : [])].map((range) =>
      placeIn(range, index),
    ),
    isSecond: conf.Network.kind !== "none",
  };
}

// A unique local prefix of this host (RFC 4193).
const ipv6Range = (machineId: string): Subnet => {
  const [first, second, third] = hashText(`sandboxcontainer links ${machineId}`).match(/[0-9a-f]{2,4}/g) ?? [];
  return { family: 6, text: `fd${first?.slice(0, 2) ?? "00"}:${second ?? "0"}:${third ?? "0"}::`, prefix: 48 };
};

function placeIn(range: Subnet, index: number): LinkAddresses {
  const size = range.family === 4 ? 32 : 128;
  const own = BigInt(linkBits[range.family]);
  const links = 1n << (BigInt(size - range.prefix) - own);
  const first = toBits(range) + ((BigInt(index) % links) << own);
  // Of four addresses in IPv4 the first and the last are for broadcasts.
  const at = (offset: bigint): Subnet => ({ ...fromBits(range.family, first + offset), prefix: size - 2 });
  return { host: at(1n), sandbox: at(2n) };
}
