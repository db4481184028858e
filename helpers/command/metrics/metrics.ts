import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Usage } from "../../host/process/cgroup.ts";
import type { Traffic } from "../../host/network/traffic.ts";

/** What a scrape reads of one sandbox; null where it is not known, or does not apply. */
export interface SandboxReading {
  readonly name: SandboxName;
  /** systemd's ActiveState of the instance unit. */
  readonly state: string;
  readonly restarts: number;
  /** Whether the conf cannot be used. */
  readonly confError: boolean | null;
  /** Null while it does not run. */
  readonly running: RunningReading | null;
  /** Of the file system in its image while that is mounted; with `--disk` of every root, and then the size may be null. */
  readonly disk: { readonly used: number | null; readonly size: number | null };
  readonly deniedToday: number | null;
  readonly snapshots: number | null;
  /** When the newest was made, in seconds since the epoch. */
  readonly newestSnapshot: number | null;
  /** Whether the last one that its timer started failed; null without [Snapshots]. */
  readonly snapshotFailed: boolean | null;
  readonly outdatedPackages: number | null;
  readonly outdatedFiles: number | null;
  readonly conflicts: number | null;
}

export interface RunningReading {
  /** When its first process began, in seconds since the epoch. */
  readonly began: number | null;
  readonly usage: Usage | null;
  /** Of its links to the host, by their ends there. */
  readonly traffic: readonly Traffic[];
  readonly confChanged: boolean;
  readonly unconfined: boolean;
  readonly portsLost: boolean;
}

/** Everything that one scrape reads. */
export interface Scrape {
  readonly version: string;
  /** How long it took. */
  readonly seconds: number;
  readonly sandboxes: readonly SandboxReading[];
}

/** A value, followed by the values of the labels of its metric. Null leaves it out. */
type Sample = readonly [value: number | boolean | null | undefined, ...labels: readonly string[]];

/** A metric, as a row of a table. Output, manual and tests are made from it. */
export interface Metric<Of> {
  /** Without our prefix, its unit, and the ending of its type. */
  readonly name: string;
  readonly type: "gauge" | "counter" | "info";
  readonly unit?: "seconds" | "bytes";
  readonly help: string;
  /** Besides `name`, which every metric of a sandbox has. */
  readonly labels?: readonly string[];
  readonly read: (of: Of) => readonly Sample[];
}

/** The states of a unit that systemd may report. */
export const states = ["active", "activating", "deactivating", "failed", "inactive", "reloading"] as const;

// Exactly one state has a 1, also if a later systemd knows more of them.
const stateSamples = ({ state }: SandboxReading): readonly Sample[] =>
  [...new Set<string>([...states, state])].map((each) => [each === state, each]);

const usageOf =
  (key: keyof Usage) =>
  ({ running }: SandboxReading): readonly Sample[] => [[running?.usage?.[key]]];

const trafficOf =
  (key: "received" | "sent") =>
  ({ running }: SandboxReading): readonly Sample[] =>
    running?.traffic.map((each): Sample => [each[key], each.device]) ?? [];

/** The metrics of each sandbox. */
export const sandboxMetrics: readonly Metric<SandboxReading>[] = [
  {
    ...{ name: "state", type: "gauge", labels: ["state"], read: stateSamples },
    help: "Whether the unit of the sandbox is in this state of systemd.",
  },
  {
    ...{ name: "restarts", type: "counter", read: ({ restarts }) => [[restarts]] },
    help: "How often systemd started it again after a failure; 0 again after a start by somebody.",
  },
  {
    ...{ name: "start_time", type: "gauge", unit: "seconds", read: ({ running }) => [[running?.began]] },
    help: "When its first process began, in seconds since the epoch.",
  },
  {
    ...{ name: "conf_error", type: "gauge", read: ({ confError }) => [[confError]] },
    help: "Whether its conf cannot be used.",
  },
  {
    ...{ name: "conf_changed", type: "gauge", read: ({ running }) => [[running?.confChanged]] },
    help: "Whether its conf differs from the one that it was started with.",
  },
  {
    ...{ name: "cpu", type: "counter", unit: "seconds", read: usageOf("cpuSeconds") },
    help: "Time of processors since the start.",
  },
  {
    ...{ name: "memory", type: "gauge", unit: "bytes", read: usageOf("memoryBytes") },
    help: "Memory in use.",
  },
  {
    ...{ name: "memory_max", type: "gauge", unit: "bytes", read: usageOf("memoryMax") },
    help: "The limit of its memory, if it has one below the memory of the host.",
  },
  {
    ...{ name: "tasks", type: "gauge", read: usageOf("tasks") },
    help: "Processes and threads.",
  },
  {
    ...{ name: "tasks_max", type: "gauge", read: usageOf("tasksMax") },
    help: "The limit of its tasks, if it has one.",
  },
  {
    ...{ name: "io_read", type: "counter", unit: "bytes", read: usageOf("readBytes") },
    help: "Read from disks since the start.",
  },
  {
    ...{ name: "io_written", type: "counter", unit: "bytes", read: usageOf("writtenBytes") },
    help: "Written to disks since the start.",
  },
  {
    ...{ name: "network_receive", type: "counter", unit: "bytes", labels: ["device"], read: trafficOf("received") },
    help: "Received by the sandbox over a link whose end on the host is this device.",
  },
  {
    ...{ name: "network_transmit", type: "counter", unit: "bytes", labels: ["device"], read: trafficOf("sent") },
    help: "Sent by the sandbox over that link.",
  },
  {
    ...{ name: "disk_used", type: "gauge", unit: "bytes", read: ({ disk }) => [[disk.used]] },
    help: "Used of the file system in its image while that is mounted; with --disk, what any root takes on disk.",
  },
  {
    ...{ name: "disk_size", type: "gauge", unit: "bytes", read: ({ disk }) => [[disk.size]] },
    help: "The size of the file system in its image, while that is mounted.",
  },
  {
    ...{ name: "denials_today", type: "gauge", read: ({ deniedToday }) => [[deniedToday]] },
    help: "What SELinux or AppArmor denied to it since midnight, among the newest messages of the host.",
  },
  {
    ...{ name: "unconfined", type: "gauge", read: ({ running }) => [[running?.unconfined]] },
    help: "Whether it runs without the AppArmor profile that confined it.",
  },
  {
    ...{ name: "ports_lost", type: "gauge", read: ({ running }) => [[running?.portsLost]] },
    help: "Whether a firewall has removed rules of its ports, and with them walls of its link.",
  },
  {
    ...{ name: "snapshots", type: "gauge", read: ({ snapshots }) => [[snapshots]] },
    help: "Snapshots of its root.",
  },
  {
    ...{
      name: "snapshot_newest_timestamp",
      type: "gauge",
      unit: "seconds",
      read: ({ newestSnapshot }) => [[newestSnapshot]],
    },
    help: "When the newest snapshot was made, in seconds since the epoch.",
  },
  {
    ...{ name: "snapshot_failed", type: "gauge", read: ({ snapshotFailed }) => [[snapshotFailed]] },
    help: "Whether the last snapshot that its timer started failed, if its conf has a section [Snapshots].",
  },
  {
    ...{ name: "outdated_packages", type: "gauge", read: ({ outdatedPackages }) => [[outdatedPackages]] },
    help: "Packages of its root that the host has in another version, or no longer: an upgrade is due.",
  },
  {
    ...{ name: "outdated_files", type: "gauge", read: ({ outdatedFiles }) => [[outdatedFiles]] },
    help: "Settings of the host, such as its time zone, that changed after the root was made.",
  },
  {
    ...{ name: "conflicts", type: "gauge", read: ({ conflicts }) => [[conflicts]] },
    help: "Paths that both the host and the sandbox changed, until somebody resolves that.",
  },
];

/** The metrics of the scrape itself. */
export const scrapeMetrics: readonly Metric<Scrape>[] = [
  {
    ...{ name: "build", type: "info", labels: ["version"], read: ({ version }) => [[1, version]] },
    help: "The version of sandboxcontainer.",
  },
  {
    ...{ name: "scrape_duration", type: "gauge", unit: "seconds", read: ({ seconds }) => [[seconds]] },
    help: "How long it took to read all of this.",
  },
];
