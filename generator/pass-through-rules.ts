import { findNearest } from "./nearest.ts";
import { resourceKeys } from "./resource-keys.ts";
import { serviceKeys, unitKeys } from "./systemd-keys.ts";

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

/** Whether a line may not be passed to [Unit] or [Service] of the instance unit, and why. */
export function refuseLine(section: "Unit" | "Service", key: string, value: string): Refusal | undefined {
  if (!/^[A-Z][A-Za-z0-9-]*$/.test(key)) {
    return { message: `\`${key.slice(0, 80)}\` is no key`, hint: "See systemd.directives(7)" };
  }
  return (section === "Service" ? refuseServiceLine(key, value) : undefined) ?? refuseSlip(section, key);
}

function refuseSlip(section: "Unit" | "Service", key: string): Refusal | undefined {
  const [known, others, other] =
    section === "Unit" ? [unitKeys, serviceKeys, "Service"] : [serviceKeys, unitKeys, "Unit"];
  if (known.includes(key) || /^(X-|Condition|Assert|Limit)/.test(key)) return undefined;
  const message = `${key}= is no key of [${section}]`;
  if (others.includes(key)) return { message, hint: `It belongs in section [${other}]` };
  const nearest = findNearest(key, known);
  return nearest === undefined ? undefined : { message, hint: `Did you mean ${nearest}=?` };
}

function refuseServiceLine(key: string, value: string): Refusal | undefined {
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
