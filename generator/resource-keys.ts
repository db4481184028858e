/**
 * What [Resources] takes: the keys of systemd.resource-control(5) that systemd can set on a running scope
 * (dbus-cgroup.c, bus_cgroup_set_property); and whether the key may repeat.
 */
export const resourceKeys: ReadonlyMap<string, "once" | "list"> = new Map([
  ...keys(
    "once",
    "CPUAccounting CPUWeight StartupCPUWeight CPUQuota CPUQuotaPeriodSec AllowedCPUs StartupAllowedCPUs AllowedMemoryNodes " +
      "StartupAllowedMemoryNodes MemoryAccounting MemoryMin MemoryLow StartupMemoryLow MemoryHigh StartupMemoryHigh MemoryMax " +
      "StartupMemoryMax MemorySwapMax StartupMemorySwapMax MemoryZSwapMax StartupMemoryZSwapMax MemoryZSwapWriteback " +
      "DefaultMemoryMin DefaultMemoryLow DefaultStartupMemoryLow TasksAccounting TasksMax IOAccounting IOWeight StartupIOWeight " +
      "IPAccounting DevicePolicy",
  ),
  ...keys(
    "list",
    "IODeviceWeight IOReadBandwidthMax IOWriteBandwidthMax IOReadIOPSMax IOWriteIOPSMax IODeviceLatencyTargetSec " +
      "IPAddressAllow IPAddressDeny SocketBindAllow SocketBindDeny RestrictNetworkInterfaces DeviceAllow NFTSet",
  ),
]);

/** Resource control that has to be said before the container starts, which is libvirt's and machined's business. */
export const fixedResourceKeys: ReadonlySet<string> = new Set(
  (
    "Slice Delegate DelegateSubgroup DisableControllers ManagedOOMSwap ManagedOOMMemoryPressure " +
    "ManagedOOMMemoryPressureLimit ManagedOOMMemoryPressureDurationSec ManagedOOMPreference MemoryPressureWatch " +
    "MemoryPressureThresholdSec BPFProgram IPIngressFilterPath IPEgressFilterPath CoredumpReceive"
  ).split(" "),
);

function keys(kind: "once" | "list", names: string): readonly (readonly [string, "once" | "list"])[] {
  return names.split(" ").map((name) => [name, kind]);
}
