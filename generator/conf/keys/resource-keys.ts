/**
 * What [Resources] takes: the keys of systemd.resource-control(5) that `systemctl set-property` of systemd 257 sets on a
 * running scope; and whether the key may repeat.
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

/** Resource control that has to be said before the container starts, which is libvirt's and machined's business. */
export const fixedResourceKeys: ReadonlySet<string> = new Set(
  (
    "Slice Delegate DelegateSubgroup MemoryPressureWatch MemoryPressureThresholdSec BPFProgram IPIngressFilterPath " +
    "IPEgressFilterPath RestrictNetworkInterfaces CoredumpReceive"
  ).split(" "),
);

function keys(kind: "once" | "list", names: string): readonly (readonly [string, "once" | "list"])[] {
  return names.split(" ").map((name) => [name, kind]);
}
