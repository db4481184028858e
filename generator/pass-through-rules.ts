import { resourceKeys } from "./resource-keys.ts";

/** Why a line for systemd is refused, and what to write instead. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

export const installKeys: readonly string[] = ["WantedBy", "RequiredBy", "UpheldBy"];

// What is in common use there. systemd only logs a key that it does not know, so a slip of the pen would go unnoticed;
// a key that is far from all of these may be one of a later systemd.
const unitKeys = (
  "Description Documentation SourcePath Requires Requisite Wants BindsTo Upholds Conflicts Before After OnSuccess OnFailure " +
  "PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom PartOf JoinsNamespaceOf RequiresMountsFor " +
  "WantsMountsFor StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate DefaultDependencies OnSuccessJobMode " +
  "OnFailureJobMode IgnoreOnIsolate JobTimeoutSec JobRunningTimeoutSec JobTimeoutAction StartLimitIntervalSec StartLimitBurst " +
  "StartLimitAction FailureAction SuccessAction RebootArgument CollectMode"
).split(" ");
const serviceKeys = (
  "ExecCondition ExecStartPre ExecStartPost ExecReload Restart RestartSec RestartSteps RestartMaxDelaySec RestartMode " +
  "RestartPreventExitStatus RestartForceExitStatus SuccessExitStatus TimeoutSec TimeoutStartSec TimeoutStopSec TimeoutAbortSec " +
  "TimeoutStartFailureMode TimeoutStopFailureMode RuntimeMaxSec RuntimeRandomizedExtraSec TimeoutCleanSec OOMPolicy " +
  "SyslogIdentifier SyslogFacility SyslogLevel LogLevelMax LogExtraFields LogRateLimitIntervalSec LogRateLimitBurst LogNamespace " +
  "LogFilterPatterns StandardOutput StandardError Environment EnvironmentFile WatchdogSec KillSignal FinalKillSignal"
).split(" ");

/** Whether a line may not be passed to a section of the instance unit. */
export function refuseLine(section: "Unit" | "Service", key: string, value: string): Refusal | undefined {
  const refusal = section === "Service" ? refuseServiceLine(key, value) : undefined;
  if (refusal !== undefined) return refusal;
  const known = section === "Service" ? serviceKeys : unitKeys;
  const isVariant = /^(X-|Condition|Assert)/.test(key) || Object.values(others).some((pattern) => pattern.test(key));
  if (isVariant || known.includes(key)) return undefined;
  const nearest = findNearest(key, known);
  if (nearest === undefined) return undefined;
  return { message: `${key}= is no key of [${section}]`, hint: `Did you mean ${nearest}=?` };
}

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
