import type { Setting } from "./service-settings.ts";

/*
 * Settings of systemd.exec(5) that take something away from a service, or ask the kernel for a favour: a service does
 * the same without them. Settings that say who the service is and what it works with are not among them: User=,
 * StateDirectory=, Environment= and the like.
 */
const clearable = new RegExp(
  `^(${[
    "(Protect|Private|Restrict|SystemCall|CPUScheduling|IOScheduling|NUMA|Limit)[A-Za-z]+",
    "(ReadWrite|ReadOnly|Inaccessible|Exec|NoExec|Bind|BindReadOnly)Paths",
    "(ReadWrite|ReadOnly|Inaccessible)Directories",
    "TemporaryFileSystem|MountFlags|MountAPIVFS|ProcSubset|(Network|IPC)NamespacePath|LogNamespace",
    "CapabilityBoundingSet|AmbientCapabilities|SecureBits|NoNewPrivileges|KeyringMode",
    "(Load|Set|Import)Credential(Encrypted)?",
    "Nice|OOMScoreAdjust|CPUAffinity|CoredumpFilter|TimerSlackNSec|MemoryKSM|Personality",
    "LockPersonality|MemoryDenyWriteExecute|RemoveIPC|Device(Policy|Allow)",
    "SELinuxContext|AppArmorProfile|SmackProcessLabel",
  ].join("|")})$`,
);

export const isClearable = ({ key }: Setting): boolean => clearable.test(key);

/** Settings that other settings of the unit depend on when they are tried. */
export const isContext = ({ key }: Setting): boolean => /^(User|Group|SupplementaryGroups|DynamicUser)$/.test(key);

/**
 * Values that turn a setting off, the clearest first: an empty value where that resets it, else the kernel's or
 * systemd's default.
 */
export const neutralValues = ["", "no", "default", "inherit", "other", "all"] as const;
