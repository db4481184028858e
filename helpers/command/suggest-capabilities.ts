import type { Conf } from "../../generator/conf/conf.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import type { UnitProperties } from "../host/systemd.ts";
import { ownsNetwork, planCapabilities } from "../run/prepare/capabilities.ts";

type Wishes = Pick<Conf, "Exec" | "Capabilities" | "UserNamespace" | "Network">;

// Their numbers are the bits of the properties (linux/capability.h).
const ofNetwork: readonly (readonly [name: string, bit: bigint])[] = [
  ["CAP_NET_ADMIN", 12n],
  ["CAP_NET_RAW", 13n],
];
// Rights over the whole machine. The kernel asks for them outside of any user namespace (user_namespaces(7)).
const ofMachine: typeof ofNetwork = [
  ["CAP_IPC_LOCK", 14n],
  ["CAP_SYS_MODULE", 16n],
  ["CAP_SYS_RAWIO", 17n],
  ["CAP_SYS_BOOT", 22n],
  ["CAP_SYS_NICE", 23n],
  ["CAP_SYS_RESOURCE", 24n],
  ["CAP_SYS_TIME", 25n],
  ["CAP_MKNOD", 27n],
  ["CAP_SYSLOG", 34n],
  ["CAP_WAKE_ALARM", 35n],
  ["CAP_BLOCK_SUSPEND", 36n],
  ["CAP_PERFMON", 38n],
  ["CAP_BPF", 39n],
];
// A unit that does not limit its capabilities has all of them, and one that only excludes some has most.
const mostNamed = 20;

/** The capabilities over its network that a unit names in AmbientCapabilities= or CapabilityBoundingSet=. */
export const findNamed = (properties: UnitProperties): readonly string[] => findNamedOf(ofNetwork, properties);

/**
 * The capabilities over the whole machine that the units of a service name, if its messages tell of rights that it was
 * refused.
 */
export const findMachineRights = (units: readonly UnitProperties[], said: string): readonly string[] =>
  /\b(?:cap_set_proc|capset)\b|\bOperation not permitted\b/i.test(said)
    ? [...new Set(units.flatMap((unit) => findNamedOf(ofMachine, unit)))]
    : [];

function findNamedOf(known: typeof ofNetwork, properties: UnitProperties): readonly string[] {
  const sets = ["AmbientCapabilities", "CapabilityBoundingSet"].flatMap((key) => {
    const bits = properties[key];
    return typeof bits === "bigint" && countBits(bits) <= mostNamed ? [bits] : [];
  });
  return known.filter(([, bit]) => sets.some((bits) => ((bits >> bit) & 1n) === 1n)).map(([name]) => name);
}

// What programs say when the kernel refuses them an interface's or a firewall's settings, or packets as they are: what they
// name before EPERM, which is about rights; EACCES may be about a file. Our filter of system calls says the same.
const refused: readonly { readonly name: string; readonly before: RegExp; readonly otherwise: RegExp }[] = [
  {
    name: "CAP_NET_ADMIN",
    before: /\b(?:RTNETLINK|SIOC[A-Z]+|TUNSETIFF|netlink|iptables|nft)\b/i,
    otherwise: /Permission denied \(you must be root\)/i,
  },
  { name: "CAP_NET_RAW", before: /\bsocket\b|raw/i, otherwise: /permission to (?:perform this )?capture/i },
];

/** Whether a line says that something was not permitted, and names what before. */
const isRefused = (said: string, what: RegExp): boolean =>
  said.split("\n").some((line) => {
    const last = [...line.matchAll(/operation not permitted/gi)].at(-1);
    return last !== undefined && what.test(line.slice(0, last.index));
  });

/**
 * The capabilities over its network that a service mentions in its messages, or that would have prevented them. `conf`
 * tells which of them it had.
 */
export function findMentioned(said: string, conf?: Wishes): readonly string[] {
  const hadRaw = conf !== undefined && planCapabilities(conf).includes("net_raw");
  return ofNetwork
    .map(([name]) => name)
    .filter(
      (name) =>
        new RegExp(`\\b${name}\\b`, "i").test(said) ||
        refused.some((each) => each.name === name && (each.otherwise.test(said) || isRefused(said, each.before))) ||
        // Packets as they are, or the settings of the network: the message does not tell.
        (name === "CAP_NET_ADMIN" && hadRaw && isRefused(said, /socket/i)),
    );
}

/**
 * Suggests the capabilities that a service asks for and its conf does not give. Null if there are none, or if no user
 * namespace of its own owns the network: a sandbox cannot use them there.
 */
export function suggestCapabilities(name: SandboxName, conf: Wishes, asked: readonly string[]): string | null {
  if (!ownsNetwork(conf)) return null;
  const given = planCapabilities(conf);
  const missing = [...new Set(asked)].filter((each) => !given.includes(each.replace("CAP_", "").toLowerCase()));
  if (missing.length === 0) return null;
  const words = [...conf.Capabilities.map((each) => `${each.sign}${each.name}`), ...missing.map((each) => `+${each}`)];
  const settings = words.map((word) => `Capabilities=${word}`).join(" ");
  return `the service asks for ${missing.join(" and ")}. If it does not work without, ${name} may have that, over its own network only: sandboxcontainer set ${name} ${settings}`;
}

const countBits = (bits: bigint): number => bits.toString(2).replaceAll("0", "").length;
