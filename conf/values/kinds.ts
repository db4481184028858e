import { findNearest } from "../../base/text.ts";
import { parseSize } from "./mount.ts";
import { parseBoolean, ValueError } from "./values.ts";

/** The kind of value that a setting takes. */
export interface ValueKind<Value> {
  /** As help spells it, such as `size`. */
  readonly takes: string;
  /** Parses the text after `=`. Throws a ValueError. */
  readonly parse: (text: string) => Value;
  /** Words that it takes, perhaps besides others. */
  readonly words: readonly string[];
}

export const kind = <Value>(
  takes: string,
  parse: (text: string) => Value,
  words: readonly string[] = [],
): ValueKind<Value> => ({ takes, parse, words });

export const yesNo = kind("yes-no", parseBoolean, ["yes", "no"]);

/** One of these words. */
export const oneOf = <const Word extends string>(...words: readonly Word[]): ValueKind<Word> =>
  kind(
    words.join("|"),
    (text) => {
      const word = words.find((each) => each === text);
      if (word !== undefined) return word;
      throw new ValueError(`expected ${words.join(" or ")}`);
    },
    words,
  );

// A smaller image has no room beside ext4's own tables. With blocks of this size ext4 cannot be larger.
const smallest = 16 * 1024 ** 2;
const largest = 16 * 1024 ** 4;
const block = 4096;
const expected = "a size from 16M to less than 16T, such as 2G";

/** Parses the size of an image, to bytes in whole blocks. Throws a ValueError. */
export function parseImage(text: string): number {
  const bytes = Math.ceil(parseSize(text, expected) / block) * block;
  if (bytes >= smallest && bytes < largest) return bytes;
  throw new ValueError(`expected ${expected}`);
}

export interface Capability {
  readonly sign: "+" | "-";
  /** The name as in capabilities(7), in upper case with its prefix; or `all`. */
  readonly name: string;
}

const known =
  "CHOWN DAC_OVERRIDE DAC_READ_SEARCH FOWNER FSETID KILL SETGID SETUID SETPCAP LINUX_IMMUTABLE NET_BIND_SERVICE NET_BROADCAST " +
  "NET_ADMIN NET_RAW IPC_LOCK IPC_OWNER SYS_MODULE SYS_RAWIO SYS_CHROOT SYS_PTRACE SYS_PACCT SYS_ADMIN SYS_BOOT SYS_NICE " +
  "SYS_RESOURCE SYS_TIME SYS_TTY_CONFIG MKNOD LEASE AUDIT_WRITE AUDIT_CONTROL SETFCAP MAC_OVERRIDE MAC_ADMIN SYSLOG " +
  "WAKE_ALARM BLOCK_SUSPEND";
/**
 * The names that libvirt's <capabilities> element accepts (domain_conf.c, virDomainProcessCapsFeature), each at the place of
 * its number (linux/capability.h).
 */
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

/** One value of SystemCallFilter=. */
export interface SystemCallFilter {
  /** Whether the calls are denied instead of allowed. */
  readonly denies: boolean;
  /** Calls, and groups of systemd.exec(5) with their `@`. */
  readonly words: readonly string[];
}

/** `userfaultfd @keyring` or `~@mount`. Which calls and groups there are is known when the start is prepared. */
export function parseSystemCallFilter(text: string): SystemCallFilter {
  const denies = text.startsWith("~");
  const words = text
    .slice(denies ? 1 : 0)
    .split(/\s+/)
    .filter((word) => word !== "");
  const wrong = words.find((word) => !/^@?[a-z0-9_][a-z0-9_-]*$/.test(word));
  if (wrong !== undefined || words.length === 0)
    throw new ValueError(
      "expected system calls or groups of them, such as `userfaultfd @keyring`, or with ~ those to deny, such as `~@mount`",
    );
  return { denies, words };
}
