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
