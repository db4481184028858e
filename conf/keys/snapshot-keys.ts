/**
 * The keys of [Snapshots], and whether each may repeat: how many snapshots are kept, and the keys of systemd.timer(5) that are
 * about times of a calendar.
 */
export const snapshotKeys: ReadonlyMap<string, "once" | "list"> = new Map([
  ["OnCalendar", "list"],
  ["Keep", "once"],
  ["Persistent", "once"],
  ["RandomizedDelaySec", "once"],
  ["FixedRandomDelay", "once"],
  ["AccuracySec", "once"],
  ["WakeSystem", "once"],
]);
