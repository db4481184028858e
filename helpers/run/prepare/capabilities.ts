import type { Conf } from "../../../conf/conf.ts";
import { capabilityNames } from "../../../conf/values/kinds.ts";

// Daemons that begin as root do these things: bind a low port, look after files of several owners, lock themselves into
// a folder, become their user. The other capabilities act on the kernel, on hardware, or on the network itself.
const ofServices = [
  "CAP_CHOWN",
  "CAP_DAC_OVERRIDE",
  "CAP_FOWNER",
  "CAP_FSETID",
  "CAP_KILL",
  "CAP_NET_BIND_SERVICE",
  "CAP_SETGID",
  "CAP_SETPCAP",
  "CAP_SETUID",
  "CAP_SYS_CHROOT",
];
// Some services end if they cannot have these: capset(2) refuses them the whole set, and execve(2) a file that names one. In
// a user namespace the kernel honours them nowhere (audit_netlink_ok, can_do_mlock, can_nice; none asks for net_broadcast),
// or only among the sandbox's own: who may lower priorities or bind to processors (set_one_prio_perm, sched_setaffinity), and
// lock shared memory within the own limit (ksys_shmctl).
const ofCautious = ["CAP_AUDIT_WRITE", "CAP_IPC_LOCK", "CAP_NET_BROADCAST", "CAP_SYS_NICE"];
// systemd as PID 1 mounts for its services (PrivateTmp=, ProtectSystem=), and maps root into their user namespaces
// (PrivateUsers=; user_namespaces(7), CAP_SETFCAP). There it must see its own process behind ProtectProc=invisible
// (ptrace(2)). Units that take dac_override from their service leave it dac_read_search.
const ofUnits = [...ofServices, "CAP_DAC_READ_SEARCH", "CAP_SETFCAP", "CAP_SYS_ADMIN", "CAP_SYS_PTRACE"];
// These reach outside if no user namespace confines them. With the first a process can open any file of a file system by
// its handle, whichever part of it is mounted (open_by_handle_at(2)).
const ofTheMachine = ["CAP_DAC_READ_SEARCH", ...ofCautious];

type Wishes = Pick<Conf, "Exec" | "Capabilities" | "UserNamespace">;
type NetworkWishes = Pick<Conf, "Network" | "UserNamespace">;

function defaultsFor({ Exec: exec, UserNamespace: userNamespace }: Wishes): readonly string[] {
  const usual = [...(exec === undefined ? ofUnits : ofServices), ...ofCautious];
  return userNamespace ? usual : usual.filter((name) => !ofTheMachine.includes(name));
}

/** All capabilities that a sandbox may ever have, by libvirt's names, sorted. */
export function planCapabilities(conf: Wishes): readonly string[] {
  const kept = new Set(defaultsFor(conf));
  for (const { sign, name } of conf.Capabilities) {
    for (const each of name === "all" ? capabilityNames : [name]) {
      if (sign === "+") kept.add(each);
      else kept.delete(each);
    }
  }
  return nameForLibvirt(kept);
}

/** The same as a bit mask in hexadecimal digits, as in proc_pid_status(5). */
export const planCapabilityMask = (conf: Wishes): string =>
  planCapabilities(conf)
    .map((name) => 1n << BigInt(capabilityNames.indexOf(`CAP_${name.toUpperCase()}`)))
    .reduce((mask, bit) => mask | bit, 0n)
    .toString(16);

/**
 * The capabilities that the conf adds to those of its kind, by the names of capabilities(7). One that a sandbox only has so
 * that its service does not end counts as added if the conf names it.
 */
export function addedCapabilities(conf: Wishes): ReadonlySet<string> {
  const named = conf.Capabilities.flatMap(({ sign, name }) => (sign === "+" ? [name] : []));
  const isNamed = (name: string): boolean => named.includes(name) || named.includes("all");
  const usual = defaultsFor(conf).filter((name) => !ofCautious.includes(name) || !isNamed(name));
  const added = planCapabilities(conf).filter((name) => !nameForLibvirt(usual).includes(name));
  return new Set(added.map((name) => `CAP_${name.toUpperCase()}`));
}

/** The capabilities of maintainer scripts. */
export const scriptCapabilities = (): readonly string[] => nameForLibvirt(ofServices);

const nameForLibvirt = (names: Iterable<string>): readonly string[] =>
  [...names].map((name) => name.replace(/^CAP_/, "").toLowerCase()).sort();

/**
 * Whether the sandbox's user namespace owns its network. Only then may it have rights over the network, and none of them
 * reaches the host's (network_namespaces(7)).
 */
export const ownsNetwork = ({ UserNamespace: userNamespace, Network: network }: NetworkWishes): boolean =>
  userNamespace && network.kind !== "host";

/** Whether a sandbox has rights over its own network that its kind does not have by default. */
export const hasNetworkRights = (conf: Wishes & NetworkWishes): boolean =>
  ownsNetwork(conf) && planCapabilities(conf).some((name) => name === "net_admin" || name === "net_raw");
