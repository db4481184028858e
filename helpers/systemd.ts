import { Message, MessageType, systemBus, Variant } from "dbus-next";
import { SandboxError } from "../generator/sandbox-error.ts";

/** How a job of systemd ended (org.freedesktop.systemd1(5), JobRemoved). */
export type JobResult = "done" | "canceled" | "timeout" | "failed" | "dependency" | "skipped" | "assert" | "once" | string;

/** A unit's properties as D-Bus values: strings, numbers, bigints for 64 bit, arrays of these. */
export type UnitProperties = Readonly<Record<string, unknown>>;

/** The system's systemd, over D-Bus. Close it, or the process stays. */
export interface Systemd {
  /** Starts, stops or restarts a unit and waits for the job's end. */
  runJob(verb: "StartUnit" | "StopUnit" | "RestartUnit", unit: string): Promise<JobResult>;
  /** All properties of a unit and of its type, loaded if need be; a missing unit has `LoadState` "not-found". */
  readUnit(unit: string): Promise<UnitProperties>;
  /** Units that systemd has loaded and whose name matches the pattern, as rows of ListUnitsByPatterns. */
  listUnits(pattern: string): Promise<readonly { readonly unit: string; readonly active: string; readonly sub: string }[]>;
  enableUnit(unit: string): Promise<void>;
  disableUnit(unit: string): Promise<void>;
  /** `enabled`, `disabled`, `masked`, `generated` … */
  readEnablement(unit: string): Promise<string>;
  resetFailed(unit: string): Promise<void>;
  reload(): Promise<void>;
  close(): void;
}

const service = "org.freedesktop.systemd1";
const manager = "/org/freedesktop/systemd1";
const managerInterface = `${service}.Manager`;

/** Connects to systemd on the system bus; throws a SandboxError. */
export async function connectSystemd(): Promise<Systemd> {
  const bus = systemBus();
  const call = async (path: string, type: string, member: string, signature = "", body: unknown[] = []): Promise<unknown[]> => {
    const reply = await bus.call(
      new Message({ destination: service, path, interface: type, member, signature, body, type: MessageType.METHOD_CALL }),
    );
    return (reply?.body ?? []) as unknown[];
  };
  const manage = (member: string, signature = "", ...body: unknown[]): Promise<unknown[]> =>
    call(manager, managerInterface, member, signature, body).catch((error: unknown) => {
      throw translateError(error, member, body);
    });
  const jobs = await followJobs(bus, manage);

  return {
    async runJob(verb, unit) {
      const [job] = await manage(verb, "ss", unit, "replace");
      return jobs.waitFor(String(job));
    },
    async readUnit(unit) {
      const [path] = await manage("LoadUnit", "s", unit);
      const [properties] = await call(String(path), "org.freedesktop.DBus.Properties", "GetAll", "s", [""]);
      return unwrapVariants(properties);
    },
    async listUnits(pattern) {
      const [rows] = await manage("ListUnitsByPatterns", "asas", [], [pattern]);
      return (rows as string[][]).map(([unit = "", , , active = "", sub = ""]) => ({ unit, active, sub }));
    },
    async enableUnit(unit) {
      await manage("EnableUnitFiles", "asbb", [unit], false, true);
      await manage("Reload");
    },
    async disableUnit(unit) {
      await manage("DisableUnitFiles", "asb", [unit], false);
      await manage("Reload");
    },
    readEnablement: async (unit) => String((await manage("GetUnitFileState", "s", unit))[0]),
    async resetFailed(unit) {
      await manage("ResetFailedUnit", "s", unit).catch(() => undefined);
    },
    async reload() {
      await manage("Reload");
    },
    close() {
      bus.disconnect();
    },
  };
}

// A job may end before the reply that names it is here: keep what ended until somebody asks.
async function followJobs(
  bus: ReturnType<typeof systemBus>,
  manage: (member: string) => Promise<unknown[]>,
): Promise<{ waitFor(job: string): Promise<JobResult> }> {
  const ended = new Map<string, JobResult>();
  const waiting = new Map<string, (result: JobResult) => void>();
  bus.on("message", (message: Message) => {
    if (message.member !== "JobRemoved" || message.path !== manager) return;
    const [, job, , result] = message.body as [number, string, string, JobResult];
    const resolve = waiting.get(job);
    if (resolve === undefined) ended.set(job, result);
    else resolve(result);
  });
  await new Promise<void>((resolve, reject) => {
    bus.once("connect", resolve);
    bus.once("error", (error: Error) => {
      reject(
        new SandboxError(`cannot reach systemd over D-Bus: ${error.message}`, {
          hint: "Is dbus running? See `systemctl status dbus.socket`",
        }),
      );
    });
  });
  const rule = `type='signal',sender='${service}',interface='${managerInterface}',member='JobRemoved'`;
  await bus.call(
    new Message({
      destination: "org.freedesktop.DBus",
      path: "/org/freedesktop/DBus",
      interface: "org.freedesktop.DBus",
      member: "AddMatch",
      signature: "s",
      body: [rule],
    }),
  );
  await manage("Subscribe");
  return {
    waitFor: (job) =>
      new Promise((resolve) => {
        const result = ended.get(job);
        if (result === undefined) waiting.set(job, resolve);
        else resolve(result);
      }),
  };
}

function translateError(error: unknown, member: string, body: readonly unknown[]): unknown {
  if (!(error instanceof Error)) return error;
  const type = (error as Error & { type?: string }).type ?? "";
  const denied = type.endsWith("AccessDenied") || type.endsWith("InteractiveAuthorizationRequired");
  return new SandboxError(`systemd refused ${member}(${body.map(String).join(", ")}): ${error.message}`, {
    hint: denied ? "Run it as root" : undefined,
    cause: error,
  });
}

function unwrapVariants(properties: unknown): UnitProperties {
  const entries = Object.entries(properties as Record<string, Variant<unknown>>);
  return Object.fromEntries(entries.map(([name, variant]) => [name, variant.value]));
}
