import { resourceKeys } from "./resource-keys.ts";

/** Why a line for systemd is refused, and what to write instead. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

interface Rule {
  /** Names with blanks between, or a pattern for all that begin alike. */
  readonly keys: string | RegExp;
  /** What is wrong, behind `KEY= `. */
  readonly because: string;
  readonly hint: string;
}

const ofUnit = "A unit of Unit= keeps its own";
const limits = "Write limits in section [Resources]";

// libvirtd starts the container, not sandbox@.service. What systemd gives the processes of a service therefore reaches our
// helpers and nothing inside: such a key is refused, as it would be ignored without a word, or keep the helpers from working.
const serviceRules: readonly Rule[] = [
  {
    keys:
      "Type ExitType PIDFile GuessMainPID RemainAfterExit NotifyAccess BusName Sockets NonBlocking OpenFile " +
      "FileDescriptorStoreMax FileDescriptorStorePreserve USBFunctionDescriptors USBFunctionStrings User Group " +
      "SupplementaryGroups DynamicUser SetLoginEnvironment PermissionsStartOnly RootDirectoryStartOnly " +
      "ExecStart ExecStop ExecStopPost",
    because: "is what sandbox@.service itself is made of",
    hint: "Leave it out; see sandboxcontainer.conf(5)",
  },
  {
    keys: "KillMode KillSignal RestartKillSignal FinalKillSignal SendSIGKILL SendSIGHUP ReloadSignal",
    because: "would change how the container is ended from outside, not how its service is",
    hint: `${ofUnit}; TimeoutStopSec= is how long a stop may take`,
  },
  {
    keys: "WatchdogSec WatchdogSignal",
    because: "waits for signs of life that nobody sends out of a sandbox, so that systemd would end it",
    hint: `${ofUnit}, which systemd inside looks after`,
  },
  {
    keys: "LoadCredential LoadCredentialEncrypted SetCredential SetCredentialEncrypted ImportCredential",
    because: "does not reach what runs inside",
    hint: "Show a folder with the secret inside: Mount=host-bind:INSIDE=FOLDER",
  },
  {
    keys: "Environment EnvironmentFile PassEnvironment UnsetEnvironment ExecSearchPath",
    because: "would not reach what runs inside",
    hint: `${ofUnit}; a command can have Exec=/usr/bin/env NAME=VALUE COMMAND`,
  },
  {
    keys: "WorkingDirectory",
    because: "would not reach what runs inside",
    hint: `${ofUnit}; a command can have Exec=/usr/bin/env --chdir=FOLDER COMMAND`,
  },
  {
    keys:
      "StandardInput StandardInputText StandardInputData TTYPath TTYReset TTYVHangup TTYVTDisallocate TTYRows TTYColumns " +
      "PAMName UtmpIdentifier UtmpMode",
    because: "would not reach what runs inside",
    hint: `${ofUnit}; sandboxcontainer connect gives a terminal inside`,
  },
  {
    keys: /^(Runtime|State|Cache|Logs|Configuration)Directory(Mode|Preserve)?$|^TimeoutCleanSec$/,
    because: "would make a folder on the host, and none inside",
    hint: `${ofUnit}; Mount= shows a folder of the host inside`,
  },
  {
    keys: /^Limit(?!NOFILE$)[A-Z]+$/,
    because: "would not reach what runs inside",
    hint: `${ofUnit}; LimitNOFILE= reaches it, and limits of the whole sandbox stand in section [Resources]`,
  },
  {
    keys:
      "Nice OOMScoreAdjust OOMPolicy CoredumpFilter IOSchedulingClass IOSchedulingPriority CPUSchedulingPolicy " +
      "CPUSchedulingPriority CPUSchedulingResetOnFork CPUAffinity NUMAPolicy NUMAMask MemoryKSM TimerSlackNSec Personality " +
      "IgnoreSIGPIPE RemoveIPC",
    because: "would not reach what runs inside",
    hint: `${ofUnit}; CPUWeight=, IOWeight= and AllowedCPUs= in section [Resources] are for the whole sandbox`,
  },
  {
    keys:
      "Slice Delegate DelegateSubgroup CoredumpReceive BPFProgram IPIngressFilterPath IPEgressFilterPath " +
      "RestrictNetworkInterfaces MemoryPressureWatch MemoryPressureThresholdSec",
    because: "would be about the cgroup of the helpers, and not the sandbox's",
    hint: limits,
  },
  {
    keys:
      "CPUShares StartupCPUShares MemoryLimit BlockIOAccounting BlockIOWeight StartupBlockIOWeight BlockIODeviceWeight " +
      "BlockIOReadBandwidth BlockIOWriteBandwidth",
    because: "is for cgroup version 1, and would not limit what runs inside",
    hint: `${limits}, in the words of systemd.resource-control(5)`,
  },
  {
    keys: "SyslogLevel SyslogLevelPrefix",
    because: "would undo that each line from inside has a priority of ours",
    hint: "LogLevelMax= drops what is less urgent",
  },
  {
    keys: "LogNamespace",
    because: "would have the helpers mount the root where libvirt does not see it",
    hint: "Leave it out: sandboxcontainer logs NAME shows what the sandbox says",
  },
  {
    keys: new RegExp(
      "^(Root|Private|Protect|Restrict|Bind|ReadOnly|ReadWrite|Inaccessible|(No)?ExecPaths|TemporaryFileSystem|Mount|Extension|" +
        "SystemCall|NoNewPrivileges|Capability|Ambient|SecureBits|SELinuxContext|AppArmor|Smack|NetworkNamespacePath|" +
        "IPCNamespacePath|MemoryDeny|ProcSubset|LockPersonality|KeyringMode|UMask)",
    ),
    because: "would confine the helpers and not what runs inside",
    hint: `${ofUnit}; see also section [Security]`,
  },
];

const unitRules: readonly Rule[] = [
  {
    keys: "SourcePath",
    because: "is the conf itself, by which systemd knows that it was changed",
    hint: "Leave it out",
  },
  {
    keys: "JoinsNamespaceOf",
    because: "would be about namespaces of the helpers, and not the sandbox's",
    hint: "Publish=, Listen= and Mount= are how a sandbox shares something",
  },
  {
    keys: "SurviveFinalKillSignal",
    because: "would keep the container from ending at a shutdown",
    hint: "TimeoutStopSec= in section [Service] is how long a stop may take",
  },
];

// Steps of the template's own, which an empty value would take away.
const ownSteps = /^(ExecReload|ExecStartPre)$/;

/** Why the instance unit may not have a key that systemd knows; undefined when it may. */
export function refuseKnownKey(section: "Unit" | "Service", key: string, value: string): Refusal | undefined {
  if (section === "Service" && resourceKeys.has(key)) {
    return refuse(key, "in [Service] would not limit what runs inside", "Write it in section [Resources]");
  }
  if (section === "Service" && ownSteps.test(key) && value === "") {
    return refuse(
      key,
      "would take a step of sandbox@.service away",
      "Give it a command, which comes on top, or leave it out",
    );
  }
  const rule = (section === "Unit" ? unitRules : serviceRules).find(({ keys }) => matches(keys, key));
  return rule === undefined ? undefined : refuse(key, rule.because, rule.hint);
}

const matches = (keys: string | RegExp, key: string): boolean =>
  typeof keys === "string" ? keys.split(" ").includes(key) : keys.test(key);

const refuse = (key: string, because: string, hint: string): Refusal => ({ message: `${key}= ${because}`, hint });
