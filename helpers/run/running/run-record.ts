import { readFileSync } from "node:fs";
import { join } from "node:path";
import { orMissing } from "../../../base/files.ts";
import { runtimeDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { KnownProcess } from "../../host/process/processes.ts";
import { replaceFile } from "../../sandbox/state.ts";
import { ownBuild, readSystemCalls } from "../plan/kept-plan.ts";
import type { StartPlan } from "../plan/start-plan.ts";

/** What a sandbox is that runs, or is about to. Only launch writes it, and a stop removes it. */
export interface RunRecord {
  /** Who wrote it. */
  readonly build: string;
  readonly name: SandboxName;
  /** The stamp of the conf; empty if systemd knew none. */
  readonly stamp: string;
  readonly plan: RunPlan;
  readonly container: RunContainer;
}

/** What it was started with. The plan in `start/` may be that of its next start by now. */
export interface RunPlan extends Pick<
  StartPlan,
  "control" | "claims" | "isCommand" | "units" | "network" | "sockets" | "ports"
> {
  /** Null if version 0.1.0 has started it. */
  readonly entry: StartPlan["entry"] | null;
  /** The system call filter, for native/enter.c. */
  readonly systemCalls: string;
}

export type RunContainer =
  /** libvirt was asked. If launch has been killed, libvirtd may still create the container. */
  | { readonly kind: "asked" }
  /** PID 1 inside had ended before launch looked. */
  | { readonly kind: "gone" }
  /** The controller is null if it had ended by then. */
  | { readonly kind: "started"; readonly init: KnownProcess; readonly controller: KnownProcess | null };

export const runFile = (name: SandboxName): string => runtimeFile(name, "run.json");

/** For the launch of a sandbox: returns a function that records its container. */
export function openRunRecord(
  name: SandboxName,
  stamp: string,
  { control, entry, claims, isCommand, units, network, sockets, ports }: StartPlan,
): (container: RunContainer) => void {
  const systemCalls = readSystemCalls(name);
  const plan: RunPlan = { control, entry, systemCalls, claims, isCommand, units, network, sockets, ports };
  return (container) => {
    const record: RunRecord = { build: ownBuild, name, stamp, plan, container };
    replaceFile(runFile(name), `${JSON.stringify(record, null, 1)}\n`);
  };
}

/** Undefined if there is none. */
export function findRunRecord(name: SandboxName): RunRecord | "damaged" | undefined {
  const text = orMissing(() => readFileSync(runFile(name), "utf8"));
  return text === undefined ? undefined : (parseRunRecord(name, text) ?? "damaged");
}

/** Undefined if it is no record of this sandbox, or lacks what we need. Another build may know more. */
export function parseRunRecord(name: SandboxName, text: string): RunRecord | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && value.name === name ? value : undefined;
  } catch {
    return undefined;
  }
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isTexts: Check = (value) => Array.isArray(value) && value.every(isText);
const has = (value: unknown, checks: Readonly<Record<string, Check>>): boolean =>
  typeof value === "object" &&
  value !== null &&
  Object.entries(checks).every(([field, isGood]) => isGood((value as Readonly<Record<string, unknown>>)[field]));
const isNullOr =
  (isGood: Check): Check =>
  (value) =>
    value === null || isGood(value);

const isMask: Check = (value) => isText(value) && /^[0-9a-f]{1,16}$/.test(String(value));

const isControl: Check = (value) =>
  has(value, { kind: (kind) => kind === "none" || kind === "selinux" }) ||
  has(value, { kind: (kind) => kind === "apparmor", profile: isText, entry: isText });

const isProcess: Check = (value) =>
  has(value, {
    pid: (pid) => Number.isSafeInteger(pid) && Number(pid) > 1,
    began: (began) => typeof began === "string" && /^\d+$/.test(began),
  });

const isContainer: Check = (value) =>
  has(value, { kind: (kind) => kind === "asked" || kind === "gone" }) ||
  has(value, { kind: (kind) => kind === "started", init: isProcess, controller: isNullOr(isProcess) });

const planChecks: Readonly<Record<keyof RunPlan, Check>> = {
  control: isControl,
  entry: isNullOr((value) => has(value, { capabilities: isMask, context: isNullOr(isText) })),
  systemCalls: (value) => isText(value) && value !== "",
  ...{ claims: isTexts, units: isTexts },
  isCommand: (value) => typeof value === "boolean",
  network: isNullOr((value) => has(value, { kind: isText })),
  sockets: (value) => Array.isArray(value) && value.every((each) => has(each, { unit: isText })),
  ports: isNullOr((value) => has(value, { link: (link) => has(link, { addresses: Array.isArray }) })),
};

const recordChecks: Readonly<Record<keyof RunRecord, Check>> = {
  ...{ build: isText, name: isText, stamp: isText },
  plan: (value) => has(value, planChecks),
  container: isContainer,
};

const isRecord = (value: unknown): value is RunRecord => has(value, recordChecks);

/** A file of a running sandbox in /run. All of them are gone once it has stopped (see stop/take-down.ts). */
export const runtimeFile = (name: SandboxName, file: string): string => join(runtimeDirectory(name), file);
