import { resourceKeys } from "./systemd-keys.ts";

/** The reason why a line for systemd is refused, and what to write instead. */
export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

interface Rule {
  /** Names separated by blanks, or a pattern for names that begin alike. */
  readonly keys: string | RegExp;
  /** The part of the message after `KEY= `. */
  readonly because: string;
  readonly hint: string;
}

const ofUnit = "A unit named in Unit= keeps its own value";
const limits = "Put limits in section [Resources]";

// libvirtd starts the container, not sandbox@.service. So systemd applies these keys to our helpers, and to nothing
// inside. They are refused because they would silently do nothing, or stop the helpers from working.
const serviceRules: readonly Rule[] = [
  {
    keys:
      "Type ExitType PIDFile GuessMainPID RemainAfterExit NotifyAccess BusName Sockets NonBlocking OpenFile " +
      "FileDescriptorStoreMax FileDescriptorStorePreserve USBFunctionDescriptors USBFunctionStrings User Group " +
      "SupplementaryGroups DynamicUser SetLoginEnvironment PermissionsStartOnly RootDirectoryStartOnly " +
      "ExecStart ExecStop ExecStopPost",
    because: "is set by sandbox@.service itself",
    hint: "Remove it; see sandboxcontainer.conf(5)",
  },
  {
    keys: "KillMode KillSignal RestartKillSignal FinalKillSignal SendSIGKILL SendSIGHUP ReloadSignal",
    because: "would change how the container is stopped from outside, not how its service stops",
    hint: `${ofUnit}; TimeoutStopSec= limits how long a stop may take`,
  },
  {
    keys: "WatchdogSec WatchdogSignal",
    because: "expects signs of life that a sandbox does not send, so systemd would stop it",
    hint: `${ofUnit}, and systemd inside watches the unit`,
  },
  {
    keys: "Environment EnvironmentFile PassEnvironment UnsetEnvironment ExecSearchPath",
    because: "would not reach what runs inside",
    hint: `${ofUnit}; for a command use Exec=/usr/bin/env NAME=VALUE COMMAND`,
  },
  {
    keys: "WorkingDirectory",
    because: "would not reach what runs inside",
    hint: `${ofUnit}; for a command use Exec=/usr/bin/env --chdir=FOLDER COMMAND`,
  },
  {
    keys:
      "StandardInput StandardInputText StandardInputData TTYPath TTYReset TTYVHangup TTYVTDisallocate TTYRows TTYColumns " +
      "PAMName UtmpIdentifier UtmpMode",
    because: "would not reach what runs inside",
    hint: `${ofUnit}; sandboxcontainer connect opens a terminal inside`,
  },
  {
    keys: /^(Runtime|State|Cache|Logs|Configuration)Directory(Mode|Preserve)?$|^TimeoutCleanSec$/,
    because: "would make a folder on the host, not inside",
    hint: `${ofUnit}; Mount= shows a folder of the host inside`,
  },
  {
    keys: /^Limit(?!NOFILE$)[A-Z]+$/,
    because: "would not reach what runs inside",
    hint: `${ofUnit}; LimitNOFILE= does reach it, and limits for the whole sandbox go in section [Resources]`,
  },
  {
    keys:
      "Nice OOMScoreAdjust OOMPolicy CoredumpFilter IOSchedulingClass IOSchedulingPriority CPUSchedulingPolicy " +
      "CPUSchedulingPriority CPUSchedulingResetOnFork CPUAffinity NUMAPolicy NUMAMask MemoryKSM TimerSlackNSec Personality " +
      "IgnoreSIGPIPE RemoveIPC",
    because: "would not reach what runs inside",
    hint: `${ofUnit}; CPUWeight=, IOWeight= and AllowedCPUs= in section [Resources] apply to the whole sandbox`,
  },
  {
    keys:
      "Slice Delegate DelegateSubgroup CoredumpReceive BPFProgram IPIngressFilterPath IPEgressFilterPath " +
      "RestrictNetworkInterfaces MemoryPressureWatch MemoryPressureThresholdSec",
    because: "would affect the cgroup of the helpers, not the sandbox's",
    hint: limits,
  },
  {
    keys:
      "CPUShares StartupCPUShares MemoryLimit BlockIOAccounting BlockIOWeight StartupBlockIOWeight BlockIODeviceWeight " +
      "BlockIOReadBandwidth BlockIOWriteBandwidth",
    because: "is for cgroup version 1, and would not limit what runs inside",
    hint: `${limits}, with the keys of systemd.resource-control(5)`,
  },
  {
    keys: "SyslogLevel SyslogLevelPrefix",
    because: "would override the priority that we give each line from inside",
    hint: "Use LogLevelMax= to drop less urgent lines",
  },
  {
    keys: "LogNamespace",
    because: "would make the helpers mount the root where libvirt does not see it",
    hint: "Remove it: sandboxcontainer logs NAME shows the log of one sandbox",
  },
  {
    keys: new RegExp(
      "^(Root|Private|Protect|Restrict|Bind|ReadOnly|ReadWrite|Inaccessible|(No)?ExecPaths|TemporaryFileSystem|Mount|Extension|" +
        "SystemCall|NoNewPrivileges|Capability|Ambient|SecureBits|SELinuxContext|AppArmor|Smack|NetworkNamespacePath|" +
        "IPCNamespacePath|MemoryDeny|ProcSubset|LockPersonality|KeyringMode|UMask)",
    ),
    because: "would confine the helpers, not what runs inside",
    hint: `${ofUnit}; see also section [Security]`,
  },
];

const unitRules: readonly Rule[] = [
  {
    keys: "SourcePath",
    because: "must be the conf itself, so that systemd notices when the conf changes",
    hint: "Remove it",
  },
  {
    keys: "JoinsNamespaceOf",
    because: "would join namespaces of the helpers, not the sandbox's",
    hint: "To share ports or folders, use Publish=, Listen= or Mount=",
  },
  {
    keys: "SurviveFinalKillSignal",
    because: "would keep the container running at a shutdown",
    hint: "TimeoutStopSec= in section [Service] limits how long a stop may take",
  },
];

// The template has steps of its own under these keys. An empty value would remove them.
const ownSteps = /^(ExecReload|ExecStartPre)$/;

/** Says why the instance unit may not have a key that systemd knows; undefined if it may. */
export function refuseKnownKey(section: "Unit" | "Service", key: string, value: string): Refusal | undefined {
  if (resourceKeys.has(key)) {
    return refuse(key, `in [${section}] would not limit what runs inside`, "Move it to section [Resources]");
  }
  if (section === "Service" && ownSteps.test(key) && value === "") {
    return refuse(
      key,
      "without a value would remove a step of sandbox@.service",
      "Give it a command, which is run in addition, or remove the line",
    );
  }
  const rule = (section === "Unit" ? unitRules : serviceRules).find(({ keys }) => matches(keys, key));
  return rule === undefined ? undefined : refuse(key, rule.because, rule.hint);
}

const matches = (keys: string | RegExp, key: string): boolean =>
  typeof keys === "string" ? keys.split(" ").includes(key) : keys.test(key);

const refuse = (key: string, because: string, hint: string): Refusal => ({ message: `${key}= ${because}`, hint });
