import { credentialKeys } from "../credentials.ts";

/**
 * The keys that [Resources] accepts, and whether each may repeat. They are the keys of systemd.resource-control(5) that
 * `systemctl set-property` of systemd 257 can set on a running scope.
 */
export const resourceKeys: ReadonlyMap<string, "once" | "list"> = new Map([
  ...keys(
    "once",
    "CPUAccounting CPUWeight StartupCPUWeight CPUQuota CPUQuotaPeriodSec AllowedCPUs StartupAllowedCPUs AllowedMemoryNodes " +
      "StartupAllowedMemoryNodes MemoryAccounting MemoryMin MemoryLow StartupMemoryLow MemoryHigh StartupMemoryHigh MemoryMax " +
      "StartupMemoryMax MemorySwapMax StartupMemorySwapMax MemoryZSwapMax StartupMemoryZSwapMax MemoryZSwapWriteback " +
      "DefaultMemoryMin DefaultMemoryLow DefaultStartupMemoryLow TasksAccounting TasksMax IOAccounting IOWeight StartupIOWeight " +
      "IPAccounting DevicePolicy DisableControllers ManagedOOMSwap ManagedOOMMemoryPressure ManagedOOMMemoryPressureLimit " +
      "ManagedOOMMemoryPressureDurationSec ManagedOOMPreference",
  ),
  ...keys(
    "list",
    "IODeviceWeight IOReadBandwidthMax IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax IODeviceLatencyTargetSec " +
      "IPAddressAllow IPAddressDeny SocketBindAllow SocketBindDeny DeviceAllow NFTSet",
  ),
]);

/** The keys of [Timer] that say when the job starts. */
const timeKeys = "OnCalendar OnActiveSec OnBootSec OnStartupSec OnUnitActiveSec OnUnitInactiveSec";

/** The keys that [Timer] accepts, and whether each may repeat: those of systemd.timer(5) in systemd 257, without Unit=. */
export const timerKeys: ReadonlyMap<string, "once" | "list"> = new Map([
  ...keys("list", timeKeys),
  ...keys(
    "once",
    "OnClockChange OnTimezoneChange AccuracySec RandomizedDelaySec FixedRandomDelay Persistent WakeSystem RemainAfterElapse " +
      "DeferReactivation",
  ),
]);

/** Whether the key gives times at which the job starts. An empty value of any of them forgets those of all. */
export const isTimeKey = (key: string): boolean => timeKeys.split(" ").includes(key);

/** Resource keys that must be set before the container starts. libvirt and machined make the scope, so we cannot. */
export const fixedResourceKeys: ReadonlySet<string> = new Set(
  (
    "Slice Delegate DelegateSubgroup MemoryPressureWatch MemoryPressureThresholdSec BPFProgram IPIngressFilterPath " +
    "IPEgressFilterPath RestrictNetworkInterfaces CoredumpReceive"
  ).split(" "),
);

function keys(kind: "once" | "list", names: string): readonly (readonly [string, "once" | "list"])[] {
  return names.split(" ").map((name) => [name, kind]);
}

// systemd only logs an unknown key, so a typo would go unnoticed. A key that resembles none of these is accepted: it
// may be one of a later systemd.

/** The keys of [Unit] in systemd 257, without conditions and assertions. */
export const unitKeys: readonly string[] = (
  "Description Documentation Requires Requisite Wants BindsTo Upholds Conflicts Before After OnSuccess OnFailure " +
  "PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom PartOf RequiresMountsFor " +
  "WantsMountsFor StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate DefaultDependencies OnSuccessJobMode " +
  "OnFailureJobMode IgnoreOnIsolate JobTimeoutSec JobRunningTimeoutSec JobTimeoutAction JobTimeoutRebootArgument " +
  "StartLimitIntervalSec StartLimitBurst StartLimitAction FailureAction SuccessAction FailureActionExitStatus " +
  "SuccessActionExitStatus RebootArgument CollectMode"
).split(" ");

/** The keys of [Service] in systemd 257 that work for a sandbox as for any service. refused-keys.ts has all others. */
export const serviceKeys: readonly string[] = (
  `${credentialKeys.join(" ")} ` +
  "ExecCondition ExecStartPre ExecStartPost ExecReload Restart RestartSec RestartSteps RestartMaxDelaySec RestartMode " +
  "RestartPreventExitStatus RestartForceExitStatus SuccessExitStatus TimeoutSec TimeoutStartSec TimeoutStopSec TimeoutAbortSec " +
  "TimeoutStartFailureMode TimeoutStopFailureMode RuntimeMaxSec RuntimeRandomizedExtraSec LimitNOFILE " +
  "SyslogIdentifier SyslogFacility LogLevelMax LogExtraFields LogRateLimitIntervalSec LogRateLimitBurst " +
  "LogFilterPatterns StandardOutput StandardError StartLimitInterval StartLimitBurst StartLimitAction FailureAction RebootArgument"
).split(" ");

export const installKeys: readonly string[] = ["WantedBy", "RequiredBy", "UpheldBy"];
