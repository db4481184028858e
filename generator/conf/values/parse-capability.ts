import { findNearest } from "../nearest.ts";
import { ValueError } from "./value-error.ts";

export interface Capability {
  readonly sign: "+" | "-";
  /** The name as in capabilities(7), in upper case with its prefix; or `all`. */
  readonly name: string;
}

// The names that libvirt's <capabilities> element accepts (domain_conf.c, virDomainProcessCapsFeature).
const known =
  "AUDIT_CONTROL AUDIT_WRITE BLOCK_SUSPEND CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID IPC_LOCK IPC_OWNER KILL LEASE " +
  "LINUX_IMMUTABLE MAC_ADMIN MAC_OVERRIDE MKNOD NET_ADMIN NET_BIND_SERVICE NET_BROADCAST NET_RAW SETGID SETFCAP SETPCAP " +
  "SETUID SYS_ADMIN SYS_BOOT SYS_CHROOT SYS_MODULE SYS_NICE SYS_PACCT SYS_PTRACE SYS_RAWIO SYS_RESOURCE SYS_TIME " +
  "SYS_TTY_CONFIG SYSLOG WAKE_ALARM";
export const capabilityNames: readonly string[] = known.split(" ").map((name) => `CAP_${name}`);

/** `+cap_net_raw`, `-net_raw` or `-all`, in any case. Throws a ValueError. */
export function parseCapability(text: string): Capability {
  const [, sign, word] = /^([+-])(?:cap_)?([a-z_]+)$/i.exec(text) ?? [];
  if (word === undefined) throw new ValueError("expected +CAPABILITY or -CAPABILITY, such as +cap_sys_nice");
  const name = word.toLowerCase() === "all" ? "all" : `CAP_${word.toUpperCase()}`;
  if (name === "all" || capabilityNames.includes(name)) return { sign: sign === "+" ? "+" : "-", name };
  const nearest = findNearest(name, capabilityNames);
  throw new ValueError(
    `${name} is not a capability that libvirt knows${nearest === undefined ? "" : `; the nearest is ${nearest}`}`,
  );
}
