import type { Variant } from "dbus-next";
import { SandboxError } from "../../../base/errors.ts";
import { type Bus, type BusAddress, connectBus, unwrapVariants } from "./bus.ts";
import { describeTimer, type TimerState } from "./timer-state.ts";

/** A unit's properties as D-Bus values: strings, numbers, bigints for 64 bits, and arrays of these. */
export type UnitProperties = Readonly<Record<string, unknown>>;

/** A unit as `list` shows it. */
export interface UnitState {
  /** ActiveState, such as `active`. */
  readonly active: string;
  /** SubState, such as `running`. */
  readonly sub: string;
  /** When the unit entered this state, in seconds since the epoch; null if it never did. */
  readonly since: number | null;
  /** Whether the files changed after systemd read them. */
  readonly isOutdated: boolean;
  /** Result= of the last run, such as `success`. */
  readonly result: string;
  /** How often Restart= started it again. */
  readonly restarts: number;
}

/** What systemd tells quickly of many units. */
export type BriefState = Pick<UnitState, "active" | "restarts">;

export type JobVerb = "StartUnit" | "StopUnit" | "RestartUnit" | "ReloadUnit";

/** As in systemctl(1), --job-mode: `ignore-dependencies` also ignores the order of units. */
export type JobMode = "replace" | "ignore-dependencies";

/**
 * The system's systemd, over D-Bus (org.freedesktop.systemd1(5)). Declare it with `using`, or the process does not end.
 */
export interface Systemd extends Disposable {
  /**
   * Starts, stops, restarts or reloads a unit; resolves to the result when the job ends: `done`, `failed`, `dependency`
   * …
   */
  runJob(verb: JobVerb, unit: string, mode?: JobMode): Promise<string>;
  /** The same, but resolves as soon as systemd has queued the job, so that other jobs wait for it. */
  beginJob(verb: JobVerb, unit: string, mode?: JobMode): Promise<{ readonly ended: Promise<string> }>;
  /**
   * Reads all properties of a unit and its type, and loads the unit if necessary. A missing unit has `LoadState`
   * "not-found".
   */
  readUnit(unit: string): Promise<UnitProperties>;
  /**
   * States of the loaded services that match a pattern (glob(7)), by name. A unit that is not loaded is inactive, and
   * systemd remembers nothing about it; loading it would take milliseconds.
   */
  readStates(pattern: string): Promise<ReadonlyMap<string, UnitState>>;
  /**
   * The same, but only what systemd tells quickly: to know whether files changed, it looks at many of them for each unit.
   */
  readBriefStates(...patterns: readonly string[]): Promise<ReadonlyMap<string, BriefState>>;
  /** States of the loaded timers that match a pattern (glob(7)), by name. One that is not loaded is inactive. */
  readTimers(pattern: string): Promise<ReadonlyMap<string, TimerState>>;
  /** Names of loaded units that match a pattern (glob(7)). */
  listUnits(pattern: string): Promise<readonly string[]>;
  enableUnit(unit: string): Promise<void>;
  disableUnit(unit: string): Promise<void>;
  /** `enabled`, `disabled`, `masked`, `generated` … */
  readEnablement(unit: string): Promise<string>;
  /** The folders of unit files, highest precedence first. */
  readUnitPath(): Promise<readonly string[]>;
  /** Clears the failed state of a unit; a unit that is not loaded is fine. */
  resetFailed(unit: string): Promise<void>;
  reload(): Promise<void>;
}

const manager: BusAddress = {
  destination: "org.freedesktop.systemd1",
  path: "/org/freedesktop/systemd1",
  interface: "org.freedesktop.systemd1.Manager",
};

const propertiesOf = (path: unknown): BusAddress => ({
  ...manager,
  path: String(path),
  interface: "org.freedesktop.DBus.Properties",
});

async function readProperty(
  bus: Bus,
  path: unknown,
  type: "Manager" | "Unit" | "Service" | "Timer",
  key: string,
): Promise<unknown> {
  const [value] = await bus.call(propertiesOf(path), "Get", "ss", `org.freedesktop.systemd1.${type}`, key);
  return (value as Variant<unknown>).value;
}

async function readUnit(bus: Bus, manage: Manage, unit: string): Promise<UnitProperties> {
  const [path] = await manage("LoadUnit", "s", unit);
  return unwrapVariants((await bus.call(propertiesOf(path), "GetAll", "s", ""))[0]);
}

async function readStates(bus: Bus, manage: Manage, pattern: string): Promise<ReadonlyMap<string, UnitState>> {
  const [units] = await manage("ListUnitsByPatterns", "asas", [], [pattern]);
  const states = (units as readonly (readonly unknown[])[]).map(
    async ([unit, , , active, sub, , path]): Promise<[string, UnitState]> => {
      const [changed, needsReload, result, restarts] = await Promise.all([
        readProperty(bus, path, "Unit", "StateChangeTimestamp"),
        readProperty(bus, path, "Unit", "NeedDaemonReload"),
        // A start sets it back, so a unit that is active need not be asked.
        active === "active" ? "success" : readProperty(bus, path, "Service", "Result"),
        readProperty(bus, path, "Service", "NRestarts"),
      ]);
      const since = Number(changed) > 0 ? Number(changed) / 1e6 : null;
      const last = { result: String(result), restarts: Number(restarts) };
      const state = { active: String(active), sub: String(sub), since, isOutdated: needsReload === true, ...last };
      return [String(unit), state];
    },
  );
  return new Map(await Promise.all(states));
}

async function readBriefStates(
  bus: Bus,
  manage: Manage,
  patterns: readonly string[],
): Promise<ReadonlyMap<string, BriefState>> {
  const [units] = await manage("ListUnitsByPatterns", "asas", [], patterns);
  const states = (units as readonly (readonly unknown[])[]).map(
    async ([unit, , , active, , , path]): Promise<[string, BriefState]> => {
      const restarts = Number(await readProperty(bus, path, "Service", "NRestarts"));
      return [String(unit), { active: String(active), restarts }];
    },
  );
  return new Map(await Promise.all(states));
}

async function readTimers(bus: Bus, manage: Manage, pattern: string): Promise<ReadonlyMap<string, TimerState>> {
  const [units] = await manage("ListUnitsByPatterns", "asas", [], [pattern]);
  const timers = (units as readonly (readonly unknown[])[]).map(
    async ([unit, , , active, sub, , path]): Promise<[string, TimerState]> => {
      const [realtime = 0, monotonic = 0, last = 0] = await Promise.all(
        ["NextElapseUSecRealtime", "NextElapseUSecMonotonic", "LastTriggerUSec"].map(async (key) =>
          Number(await readProperty(bus, path, "Timer", key)),
        ),
      );
      return [String(unit), describeTimer(String(active), String(sub), last, { realtime, monotonic })];
    },
  );
  return new Map(await Promise.all(timers));
}

type Manage = (member: string, signature?: string, ...values: readonly unknown[]) => Promise<unknown[]>;

const openReaders = (
  bus: Bus,
  manage: Manage,
): Pick<Systemd, "readUnit" | "readStates" | "readBriefStates" | "readTimers"> => ({
  readUnit: (unit) => readUnit(bus, manage, unit),
  readStates: (pattern) => readStates(bus, manage, pattern),
  readBriefStates: (...patterns) => readBriefStates(bus, manage, patterns),
  readTimers: (pattern) => readTimers(bus, manage, pattern),
});

/** Connects to systemd; throws a SandboxError, as all its methods do. */
export async function connectSystemd(): Promise<Systemd> {
  const bus = await connectBus();
  const manage: Manage = (member, signature, ...values) =>
    bus.call(manager, member, signature, ...values).catch((error: unknown) => {
      throw describeBusError(error, member, values);
    });
  let jobs: ReturnType<typeof followJobs> | undefined;
  const beginJob = async (verb: JobVerb, unit: string, mode: JobMode = "replace") => {
    const followed = await (jobs ??= followJobs(bus, manage));
    return { ended: followed.waitFor(String((await manage(verb, "ss", unit, mode))[0])) };
  };
  return {
    runJob: async (verb, unit, mode) => (await beginJob(verb, unit, mode)).ended,
    beginJob,
    ...openReaders(bus, manage),
    readUnitPath: async () => (await readProperty(bus, manager.path, "Manager", "UnitPath")) as readonly string[],
    listUnits: async (pattern) => namesOf(await manage("ListUnitsByPatterns", "asas", [], [pattern])),
    async enableUnit(unit) {
      await manage("EnableUnitFiles", "asbb", [unit], false, true);
      await manage("Reload");
    },
    async disableUnit(unit) {
      const [changes] = await manage("DisableUnitFiles", "asb", [unit], false);
      if ((changes as readonly unknown[]).length > 0) await manage("Reload");
    },
    readEnablement: async (unit) => String((await manage("GetUnitFileState", "s", unit))[0]),
    async resetFailed(unit) {
      await manage("ResetFailedUnit", "s", unit).catch(() => undefined);
    },
    async reload() {
      await manage("Reload");
    },
    [Symbol.dispose]: () => {
      bus.close();
    },
  };
}

const namesOf = ([units]: readonly unknown[]): readonly string[] =>
  (units as readonly (readonly unknown[])[]).map(([unit]) => String(unit));

// A job may end before we receive the reply that names it. So ended jobs are kept until somebody asks.
async function followJobs(bus: Bus, manage: Manage): Promise<{ waitFor(job: string): Promise<string> }> {
  const ended = new Map<string, string>();
  const waiting = new Map<string, (result: string) => void>();
  await bus.follow(manager, "JobRemoved", ([, job, , result]) => {
    const resolve = waiting.get(String(job));
    if (resolve === undefined) ended.set(String(job), String(result));
    else resolve(String(result));
  });
  await manage("Subscribe");
  return {
    waitFor: (job) =>
      Promise.race([
        bus.broken,
        new Promise<string>((resolve) => {
          const result = ended.get(job);
          if (result === undefined) waiting.set(job, resolve);
          else resolve(result);
        }),
      ]),
  };
}

function describeBusError(error: unknown, member: string, values: readonly unknown[]): unknown {
  if (!(error instanceof Error) || error instanceof SandboxError) return error;
  const { type = "" } = error as Error & { type?: string };
  const isDenied = /\.(AccessDenied|InteractiveAuthorizationRequired)$/.test(type);
  return new SandboxError(`systemd refused ${member}(${values.map(String).join(", ")}): ${error.message}`, {
    hint: isDenied ? "Run it as root" : undefined,
    cause: error,
  });
}
