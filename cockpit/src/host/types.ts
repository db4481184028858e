// The JSON of the command: docs/json.md says what each key means.

export interface Port {
  readonly address: string | null;
  readonly port: number;
  readonly inside: number;
  readonly protocol: "tcp" | "udp";
}

export interface Facts {
  readonly name: string;
  readonly state: string;
  readonly substate: string;
  readonly result: string;
  readonly restarts: number;
  readonly runs: string;
  readonly enabled: string;
  readonly level: string | null;
  readonly profile: string | null;
  readonly unconfined: boolean;
  readonly memoryBytes: number | null;
  readonly published: readonly Port[];
  readonly network: string | null;
  readonly addresses: readonly string[];
  readonly since: number | null;
  readonly replacedFiles: readonly string[];
  readonly confChanged: boolean;
  readonly portsLost: boolean;
  readonly localOnly: readonly string[];
  readonly error: string | null;
  readonly deniedToday: number | null;
  readonly snapshots: readonly string[];
  readonly outdatedPackages: number | null;
}

export interface Shown extends Facts {
  readonly unit: string;
  readonly advice: string | null;
  readonly conf: string | null;
  readonly confDigest: string | null;
  readonly dropIns: readonly string[];
  readonly cleared: readonly string[];
  readonly root: string | null;
  readonly image: string | null;
  readonly hostIds: string | null;
  readonly machineId: string | null;
  readonly initPid: number | null;
  readonly warnings: readonly string[];
}

export interface Stats {
  readonly name: string;
  readonly cpuPercent: number | null;
  readonly cpuSeconds: number | null;
  readonly memoryBytes: number | null;
  readonly memoryMax: number | null;
  readonly tasks: number | null;
  readonly tasksMax: number | null;
  readonly readBytes: number | null;
  readonly writtenBytes: number | null;
}

export interface Problem {
  readonly message: string;
  readonly hint: string | null;
  readonly path: string | null;
  readonly line: number | null;
  readonly key: string | null;
}

export interface Finding {
  readonly check: string;
  readonly verdict: "ok" | "warning" | "failed";
  readonly message: string;
  readonly fix: string | null;
}

export interface Setting {
  readonly section: string;
  readonly key: string;
  readonly help: string | null;
  readonly repeats: boolean;
  readonly default: string | null;
  readonly own: boolean;
  readonly effect: "now" | "restart";
  readonly manual: string;
  readonly values: readonly { readonly value: string; readonly origin: string }[];
}

export interface Unit {
  readonly unit: string;
  readonly description: string;
  readonly package: string | null;
  readonly state: string;
  readonly sandboxes: readonly string[];
  readonly obstacle: string | null;
}

export interface TreeProcess {
  readonly pid: number;
  readonly insidePid: number;
  readonly parent: number;
  readonly user: number;
  readonly memoryBytes: number;
  readonly command: string;
}

export interface Difference {
  readonly path: string;
  readonly inside: {
    readonly state: "same" | "changed" | "missing" | "added" | "more";
    readonly aspects: readonly string[];
    readonly kind: string | null;
  };
  readonly host: { readonly state: string; readonly aspects: readonly string[] } | null;
  /** Whether it appears in every sandbox. */
  readonly routine: boolean;
  readonly text: string | null;
}

export interface Reason {
  readonly path: string;
  readonly inRoot: boolean;
  readonly reason: string;
  readonly kind: string | null;
  readonly mode: string | null;
  readonly owner: number | null;
  readonly group: number | null;
  readonly inside: { readonly state: string; readonly aspects: readonly string[] } | null;
  readonly host: { readonly state: string; readonly aspects: readonly string[] } | null;
  readonly owners: readonly string[];
  readonly nearest: string | null;
}

export interface Exposure {
  readonly unit: string;
  readonly alone: number;
  readonly sandboxed: number;
  readonly walls: readonly { readonly wall: string; readonly closes: readonly string[] }[];
  readonly left: readonly string[];
}

export interface Denial {
  readonly text: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly permissive: boolean;
  readonly allow: readonly Advice[];
}

/** A way to allow what was denied. */
export interface Advice {
  readonly kind: "setting" | "boolean" | "label" | "rule" | "local" | "nothing";
  readonly text: string;
  readonly command: readonly string[] | null;
}

export interface Upgrade {
  readonly name: string;
  readonly packages: readonly { readonly name: string; readonly from: string | null; readonly to: string | null }[];
  readonly changes: readonly { readonly path: string; readonly change: string; readonly note: string | null }[];
  readonly kept: string | null;
  readonly error: string | null;
}

export interface Snapshot {
  readonly snapshot: string;
  readonly made: number;
}

export interface Plan {
  readonly name: string;
  readonly conf: string;
  readonly text: string;
  readonly packages: readonly { readonly name: string; readonly version: string }[];
  readonly entries: readonly { readonly path: string; readonly kind: string; readonly reason: string }[];
}

export interface LogLine {
  readonly __CURSOR: string;
  readonly __REALTIME_TIMESTAMP: string;
  readonly PRIORITY?: string;
  readonly SYSLOG_IDENTIFIER?: string | null;
  readonly _COMM?: string | null;
  readonly MESSAGE?: string | readonly number[] | null;
}

export interface FileEntry {
  readonly path: string;
  readonly kind: string;
  readonly bytes: number | null;
  readonly mode: string;
  readonly owner: number;
  readonly group: number;
  readonly reason: string | null;
  /** Null if nobody can say: the folder came with all its data. */
  readonly state: "same" | "changed" | "added" | "missing" | null;
}
