import type { SandboxName } from "../../base/sandbox-name.ts";
import type { Conf } from "../../conf/conf.ts";
import { runQuick } from "../host/process/run-quick.ts";
import type { UnitProperties } from "../host/systemd/systemd.ts";
import { rowsOf } from "../host/systemd/unit-properties.ts";
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
const maxNamed = 20;

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
    return typeof bits === "bigint" && countBits(bits) <= maxNamed ? [bits] : [];
  });
  return known.filter(([, bit]) => sets.some((bits) => ((bits >> bit) & 1n) === 1n)).map(([name]) => name);
}

// What programs say when the kernel refuses them an interface's or a firewall's settings, or packets as they are: what they
// name before EPERM, which is about rights; EACCES may be about a file. Our filter of system calls says the same.
const refused: readonly { readonly name: string; readonly before: RegExp; readonly otherwise: RegExp }[] = [
  {
    name: "CAP_NET_ADMIN",
    before: /netlink|\b(?:SIOC[A-Z]+|TUNSETIFF|iptables|nft|setsockopt|SO_(?:MARK|PRIORITY|\w+FORCE)|PF_?KEY)\b/i,
    otherwise:
      /permission denied (?:\(you must be root\)|on key "?net\.ipv[46])|\/proc\/sys\/net\/ipv[46]\/[^\n]{1,99}permission denied/i,
  },
  {
    name: "CAP_NET_RAW",
    before: /^(?!.*netlink).*(?:\bsocket\b|raw)/i,
    otherwise: /permission to (?:perform this )?capture/i,
  },
];

/** Whether a line says that something was not permitted, and names what before. */
const isRefused = (said: string, what: RegExp): boolean =>
  said.split("\n").some((line) => {
    const last = [...line.matchAll(/operation not permitted|\bEPERM\b/gi)].at(-1);
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

/** Whether a service says that it was refused the set of capabilities that it asked for (capset(2)), of which it had only some. */
export const isSetRefused = (said: string): boolean =>
  isRefused(said, /\b(?:capset|cap_set_\w+|capng_\w+|capabilit(?:y|ies))\b/i);

/** Suggests what to do if a service was refused a set of capabilities, and does not say which of them it wants. */
export function suggestSet(name: SandboxName, conf: Wishes): string {
  const reason = "It sets its own capabilities, and was refused one without a word which";
  const names = ofNetwork.map(([each]) => each);
  const settings = ownsNetwork(conf) ? planSettings(conf, names) : null;
  return settings === null
    ? `${reason}. If its manual names it, Capabilities= adds it. A right over the whole machine it cannot be, so a service that needs one runs on the host only`
    : `${reason}. Such services often want rights over their network. ${name} may have these, over its own network only: sandboxcontainer set ${name} ${settings}`;
}

/**
 * Suggests the capabilities that a service asks for and its conf does not give. Null if there are none, or if no user
 * namespace of its own owns the network: a sandbox cannot use them there.
 */
export function suggestCapabilities(name: SandboxName, conf: Wishes, asked: readonly string[]): string | null {
  if (!ownsNetwork(conf)) return null;
  const settings = planSettings(conf, asked);
  if (settings === null) return null;
  return `the service asks for ${findMissing(conf, asked).join(" and ")}. If it does not work without, ${name} may have that, over its own network only: sandboxcontainer set ${name} ${settings}`;
}

function findMissing(conf: Wishes, asked: readonly string[]): readonly string[] {
  const given = planCapabilities(conf);
  return [...new Set(asked)].filter((each) => !given.includes(each.replace("CAP_", "").toLowerCase()));
}

/** The settings that keep what a conf has and give it what is missing; null if nothing is. */
function planSettings(conf: Wishes, asked: readonly string[]): string | null {
  const missing = findMissing(conf, asked);
  if (missing.length === 0) return null;
  const words = [...conf.Capabilities.map((each) => `${each.sign}${each.name}`), ...missing.map((each) => `+${each}`)];
  return words.map((word) => `Capabilities=${word}`).join(" ");
}

const countBits = (bits: bigint): number => bits.toString(2).replaceAll("0", "").length;

/**
 * The capabilities over its network that the programs of units have as files (capabilities(7), File capabilities). A
 * program whose file has one that its sandbox lacks is not even executed. None if libcap's programs are not installed.
 */
export async function readFileCapabilities(units: readonly UnitProperties[]): Promise<readonly string[]> {
  const programs = units.flatMap((unit) => rowsOf(unit, "ExecStart")).map(([path]) => String(path));
  if (programs.length === 0) return [];
  const { status, output } = await runQuick("getcap", programs);
  return status === 0 ? findMentioned(output) : [];
}
