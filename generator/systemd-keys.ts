// systemd only logs a key that it does not know, so a slip of the pen would go unnoticed. What is far from all of these
// passes: it may be a key of a later systemd.

/** Keys of [Unit] in systemd 257, without conditions. */
export const unitKeys: readonly string[] = (
  "Description Documentation SourcePath Requires Requisite Wants BindsTo Upholds Conflicts Before After OnSuccess OnFailure " +
  "PropagatesReloadTo ReloadPropagatedFrom PropagatesStopTo StopPropagatedFrom PartOf JoinsNamespaceOf RequiresMountsFor " +
  "WantsMountsFor StopWhenUnneeded RefuseManualStart RefuseManualStop AllowIsolate DefaultDependencies OnSuccessJobMode " +
  "OnFailureJobMode IgnoreOnIsolate JobTimeoutSec JobRunningTimeoutSec JobTimeoutAction StartLimitIntervalSec StartLimitBurst " +
  "StartLimitAction FailureAction SuccessAction RebootArgument CollectMode"
).split(" ");

/** Keys of [Service] in systemd 257 that are of use for a sandbox. */
export const serviceKeys: readonly string[] = (
  "ExecCondition ExecStartPre ExecStartPost ExecReload Restart RestartSec RestartSteps RestartMaxDelaySec RestartMode " +
  "RestartPreventExitStatus RestartForceExitStatus SuccessExitStatus TimeoutSec TimeoutStartSec TimeoutStopSec TimeoutAbortSec " +
  "TimeoutStartFailureMode TimeoutStopFailureMode RuntimeMaxSec RuntimeRandomizedExtraSec TimeoutCleanSec OOMPolicy " +
  "SyslogIdentifier SyslogFacility SyslogLevel LogLevelMax LogExtraFields LogRateLimitIntervalSec LogRateLimitBurst LogNamespace " +
  "LogFilterPatterns StandardOutput StandardError Environment EnvironmentFile KillSignal FinalKillSignal " +
  "StartLimitInterval StartLimitBurst StartLimitAction FailureAction RebootArgument Slice Nice"
).split(" ");
