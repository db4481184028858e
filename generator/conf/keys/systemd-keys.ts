// systemd only logs a key that it does not know, so a slip of the pen would go unnoticed. What is far from all of these
// passes: it may be a key of a later systemd.

/** Keys of [Unit] in systemd 257, without conditions. */
export const unitKeys: readonly string[] = (
  "Description Documentation Requires Requisite Wants BindsTo Upholds Conflicts Before After OnSuccess OnFailure " +
  "PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom PartOf RequiresMountsFor " +
  "WantsMountsFor StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate DefaultDependencies OnSuccessJobMode " +
  "OnFailureJobMode IgnoreOnIsolate JobTimeoutSec JobRunningTimeoutSec JobTimeoutAction JobTimeoutRebootArgument " +
  "StartLimitIntervalSec StartLimitBurst StartLimitAction FailureAction SuccessAction FailureActionExitStatus " +
  "SuccessActionExitStatus RebootArgument CollectMode"
).split(" ");

/** Keys of [Service] in systemd 257 that mean for a sandbox what they mean for a service; refused-keys.ts has all others. */
export const serviceKeys: readonly string[] = (
  "ExecCondition ExecStartPre ExecStartPost ExecReload Restart RestartSec RestartSteps RestartMaxDelaySec RestartMode " +
  "RestartPreventExitStatus RestartForceExitStatus SuccessExitStatus TimeoutSec TimeoutStartSec TimeoutStopSec TimeoutAbortSec " +
  "TimeoutStartFailureMode TimeoutStopFailureMode RuntimeMaxSec RuntimeRandomizedExtraSec LimitNOFILE " +
  "SyslogIdentifier SyslogFacility LogLevelMax LogExtraFields LogRateLimitIntervalSec LogRateLimitBurst " +
  "LogFilterPatterns StandardOutput StandardError StartLimitInterval StartLimitBurst StartLimitAction FailureAction RebootArgument"
).split(" ");
