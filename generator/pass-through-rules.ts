import { resourceKeys } from "./resource-keys.ts";

/** Why a line for systemd is refused, and what to write instead. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

export const installKeys: readonly string[] = ["WantedBy", "RequiredBy", "UpheldBy"];

// What sandbox@.service is made of: with another value there is no sandbox.
const skeleton =
  /^(Type|PIDFile|GuessMainPID|RemainAfterExit|NotifyAccess|BusName|Sockets|KillMode|User|Group|SupplementaryGroups|DynamicUser|Exec(Start|Stop|StopPost))$/;

// Would confine our helpers, whose mounts then do not reach the container; and never the service inside.
const confinement = new RegExp(
  "^(Root|Private|Protect|Restrict|Bind|ReadOnly|ReadWrite|Inaccessible|(No)?ExecPaths|TemporaryFileSystem|Mount|Extension|" +
    "SystemCall|NoNewPrivileges|Capability|Ambient|SecureBits|SELinuxContext|AppArmor|Smack|NetworkNamespacePath|" +
    "IPCNamespacePath|MemoryDeny|ProcSubset|LockPersonality|KeyringMode|UMask)",
);

/** Whether a line may not be passed to [Service] of the instance unit. */
export function refuseServiceLine(key: string, value: string): Refusal | undefined {
  if (resourceKeys.has(key)) {
    return {
      message: `${key}= in [Service] would not limit what runs inside`,
      hint: "Write it in section [Resources]",
    };
  }
  if (skeleton.test(key) || (key === "ExecStartPre" && value === "")) {
    return {
      message: `${key}= is what sandbox@.service itself is made of`,
      hint: "Leave it out; see sandboxcontainer.conf(5)",
    };
  }
  if (confinement.test(key)) {
    return {
      message: `${key}= would confine the helpers and not what runs inside`,
      hint: "A unit of Unit= keeps its own; see also section [Security]",
    };
  }
  return undefined;
}
