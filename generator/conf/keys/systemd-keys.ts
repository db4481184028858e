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
  "ExecCondition ExecStartPre ExecStartPost ExecReload Restart RestartSec RestartSteps RestartMaxDelaySec RestartMode " +
  "RestartPreventExitStatus RestartForceExitStatus SuccessExitStatus TimeoutSec TimeoutStartSec TimeoutStopSec TimeoutAbortSec " +
  "TimeoutStartFailureMode TimeoutStopFailureMode RuntimeMaxSec RuntimeRandomizedExtraSec LimitNOFILE " +
  "SyslogIdentifier SyslogFacility LogLevelMax LogExtraFields LogRateLimitIntervalSec LogRateLimitBurst " +
  "LogFilterPatterns StandardOutput StandardError StartLimitInterval StartLimitBurst StartLimitAction FailureAction RebootArgument"
).split(" ");
