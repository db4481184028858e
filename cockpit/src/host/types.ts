// make verbs writes this file from docs/json.md, which says what each key means.

export interface Facts {
  readonly name: string;
  readonly state: string;
  readonly substate: string;
  readonly runs: string;
  readonly enabled: string;
  readonly result: string;
  readonly restarts: number;
  readonly level: string | null;
  readonly profile: string | null;
  readonly unconfined: boolean;
  readonly memoryBytes: number | null;
  readonly ports: readonly string[];
  readonly published: readonly {
    readonly address: string | null;
    readonly port: number;
    readonly inside: number;
    readonly protocol: "tcp" | "udp";
  }[];
  readonly network: string | null;
  readonly addresses: readonly string[];
  readonly since: number | null;
  readonly timer: {
    readonly state: string;
    readonly substate: string;
    readonly next: number | null;
    readonly last: number | null;
  } | null;
  readonly snapshotTimer: {
    readonly state: string;
    readonly substate: string;
    readonly next: number | null;
    readonly last: number | null;
    readonly failed: boolean;
  } | null;
  readonly replacedFiles: readonly string[];
  readonly confChanged: boolean;
  readonly outdatedPackages: number | null;
  readonly outdatedFiles: readonly string[];
  readonly formerName: string | null;
  readonly missingUnits: readonly string[];
  readonly conflicts: readonly string[];
  readonly portsLost: boolean;
  readonly localOnly: readonly string[];
  readonly snapshots: readonly string[];
  readonly error: string | null;
  readonly deniedToday: number | null;
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
  readonly uuid: string | null;
  readonly machineId: string | null;
  readonly hostIds: string | null;
  readonly controllerPid: number | null;
  readonly initPid: number | null;
  readonly warnings: readonly string[];
  readonly settings: readonly {
    readonly section: string;
    readonly key: string;
    readonly value: string;
    readonly origin: string;
  }[];
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
    readonly kind: "directory" | "file" | "link" | "other" | null;
  };
  readonly host: { readonly state: "same" | "changed" | "missing"; readonly aspects: readonly string[] } | null;
  readonly routine: boolean;
  readonly text: string | null;
}

export interface Reason {
  readonly path: string;
  readonly inRoot: boolean;
  readonly reason: string;
  readonly kind: "directory" | "file" | "link" | null;
  readonly owner: number | null;
  readonly group: number | null;
  readonly mode: string | null;
  readonly source: {
    readonly copy?: string;
    readonly copyTree?: string;
    readonly at?: number;
    readonly text?: string;
    readonly madeBy?: string;
    readonly link?: string;
  } | null;
  readonly inside: { readonly state: "same" | "changed" | "missing"; readonly aspects: readonly string[] } | null;
  readonly host: { readonly state: "same" | "changed" | "missing"; readonly aspects: readonly string[] } | null;
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
  readonly who: {
    readonly comm: string | null;
    readonly exe: string | null;
    readonly pid: number | null;
    readonly uid: number | null;
    readonly source: { readonly type: string; readonly level: string };
  };
  readonly what: {
    readonly permissions: readonly string[];
    readonly target: { readonly type: string; readonly level: string };
    readonly targetClass: string;
    readonly path: string | null;
    readonly detail: string | null;
  };
  readonly allow: readonly {
    readonly kind: "setting" | "boolean" | "label" | "rule" | "local" | "nothing";
    readonly text: string;
    readonly command: readonly string[] | null;
  }[];
}

export interface Upgrade {
  readonly name: string;
  readonly packages: readonly { readonly name: string; readonly from: string | null; readonly to: string | null }[];
  readonly changes: readonly {
    readonly path: string;
    readonly change:
      "added" | "updated" | "owner and mode" | "merged" | "conflict" | "removed" | "stays removed" | "kept";
    readonly note: string | null;
    readonly reason: string | null;
  }[];
  readonly leftOut: readonly { readonly path: string; readonly reason: string }[];
  readonly kept: string | null;
  readonly conflicts: readonly string[];
  readonly error: string | null;
}

export interface Snapshot {
  readonly snapshot: string;
  readonly made: number;
  readonly automatic: boolean;
  readonly bytes: number | null;
  readonly ownBytes: number | null;
}

export interface Plan {
  readonly name: string;
  readonly conf: string;
  readonly text: string;
  readonly leftBehind: readonly { readonly path: string; readonly by: string }[];
  readonly packages: readonly { readonly name: string; readonly version: string; readonly source: string }[];
  readonly entries: readonly {
    readonly path: string;
    readonly kind: "directory" | "file" | "link";
    readonly owner: number;
    readonly group: number;
    readonly mode: string;
    readonly source: {
      readonly copy?: string;
      readonly copyTree?: string;
      readonly at?: number;
      readonly text?: string;
      readonly madeBy?: string;
      readonly link?: string;
    } | null;
    readonly reason: string;
  }[];
}

export interface FileEntry {
  readonly path: string;
  readonly kind: "directory" | "file" | "link" | "other";
  readonly bytes: number | null;
  readonly target: string | null;
  readonly mode: string;
  readonly owner: number;
  readonly group: number;
  readonly modified: number | null;
  readonly reason: string | null;
  readonly state: "same" | "changed" | "added" | "missing" | null;
}

interface Problems {
  readonly errors: readonly {
    readonly message: string;
    readonly hint: string | null;
    readonly path: string | null;
    readonly line: number | null;
    readonly key: string | null;
  }[];
}

export type Problem = Problems["errors"][number];
export type Port = Facts["published"][number];
export type Advice = Denial["allow"][number];
