import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { replaceFile } from "../../sandbox/state.ts";
import type { StartPlan } from "./start-plan.ts";

/** How a plan is kept. What a wall needs must never just be missing. */
interface KeptPlan {
  /** Who wrote it. Another build may mean something else by a field. */
  readonly build: string;
  /** Whose start it is. Early builds did not say. */
  readonly name?: string;
  readonly plan: StartPlan;
  /** The other files of a start, below `start/`: the checksum of each, or `pipe`. */
  readonly files: Readonly<Record<string, string>>;
}

// The bundler defines it: a digest of all of our sources.
declare const BUILD: string | undefined;
export const ownBuild = typeof BUILD === "undefined" ? "unbundled" : BUILD;

export const startDirectory = (name: SandboxName): string => join(stateDirectory(name), "start");

export const planFile = (name: SandboxName): string => join(startDirectory(name), "plan.json");

// What populate and label wrote for attach.
const beside = ["../context", "../ids"];

/** Writes the plan of a start, after all its other files. */
export function writeStartPlan(name: SandboxName, plan: StartPlan): void {
  const folder = startDirectory(name);
  const files = [...beside, ...listFiles(folder)].filter((file) => file !== "plan.json").sort();
  const kept: KeptPlan = {
    build: ownBuild,
    name,
    plan,
    files: Object.fromEntries(files.map((file) => [file, describeFile(join(folder, file))])),
  };
  replaceFile(planFile(name), `${JSON.stringify(kept, null, 1)}\n`);
}

/**
 * Reads the plan of a start that is due. Throws a SandboxError if it, or any file of the start, is missing, damaged, or of
 * another build: then nothing would say which walls are missing.
 */
export function requireStartPlan(name: SandboxName): StartPlan {
  const { plan, files } = readKept(name);
  for (const file of Object.keys(files)) {
    if (!isOfStart(file)) throw describeUnusable(name, planFile(name), `has a path that leads elsewhere (${file})`);
    checkFile(name, file, files[file]);
  }
  return plan;
}

/** Whether a start could begin with what prepare left. */
export function isPrepared(name: SandboxName): boolean {
  try {
    requireStartPlan(name);
    return true;
  } catch (error) {
    if (error instanceof SandboxError) return false;
    throw error;
  }
}

/**
 * Reads a plan that any build may have written, with a system call filter that fits it. Throws a SandboxError if either is
 * missing or damaged.
 */
export function readAnyPlan(name: SandboxName): StartPlan {
  const { plan, files } = readKept(name, { anyBuild: true });
  checkFile(name, "system-calls", files["system-calls"]);
  return plan;
}

/** The system call filter, which requireStartPlan or readAnyPlan has checked. */
export const readSystemCalls = (name: SandboxName): string =>
  readFileSync(join(startDirectory(name), "system-calls"), "utf8");

/** Whether the plan is one of another build: the start has to be prepared again. */
export function isOfOtherBuild(name: SandboxName): boolean {
  try {
    return readKept(name, { anyBuild: true }).build !== ownBuild;
  } catch {
    // The start is refused with the reason.
    return false;
  }
}

function readKept(name: SandboxName, { anyBuild = false } = {}): KeptPlan {
  const path = planFile(name);
  const text = orMissing(() => readFileSync(path, "utf8"));
  if (text === undefined) throw describeUnusable(name, path, "is missing");
  const kept = parseKept(text);
  if (kept === undefined) throw describeUnusable(name, path, "is damaged");
  if (kept.name !== undefined && kept.name !== name)
    throw describeUnusable(name, path, `is of another sandbox (${kept.name})`);
  const unlike = anyBuild ? undefined : findUnlike(kept);
  if (unlike !== undefined) throw describeUnusable(name, path, `is of another build of sandboxcontainer (${unlike})`);
  return kept;
}

/** Undefined if it is no plan at all. */
export function parseKept(text: string): KeptPlan | undefined {
  try {
    const kept = JSON.parse(text) as Partial<KeptPlan> | null;
    return kept?.build !== undefined && kept.plan !== undefined && kept.files !== undefined
      ? (kept as KeptPlan)
      : undefined;
  } catch {
    return undefined;
  }
}

const fields: Readonly<Record<keyof StartPlan, true>> = {
  ...{ control: true, entry: true, claims: true, isCommand: true, units: true, unitSeconds: true, limits: true },
  ...{
    sources: true,
    targets: true,
    pipes: true,
    network: true,
    sockets: true,
    awaited: true,
    ports: true,
    credentials: true,
  },
};

/** What tells a plan from one of this build. */
function findUnlike({ build, name, plan }: KeptPlan): string | undefined {
  if (build !== ownBuild) return build;
  if (name === undefined) return "name";
  const unknown = Object.keys(plan).find((field) => !(field in fields));
  const missing = Object.keys(fields).find((field) => !(field in plan));
  return unknown ?? missing;
}

/** Whether it is below `start/`, or one of the files beside it. */
const isOfStart = (file: string): boolean => beside.includes(file) || !normalize(file).startsWith("../");

function checkFile(name: SandboxName, file: string, kept: string | undefined): void {
  const path = join(startDirectory(name), file);
  const found = orMissing(() => describeFile(path));
  if (found === undefined) throw describeUnusable(name, path, "is missing");
  if (found !== kept) throw describeUnusable(name, path, "is not as it was prepared");
}

/** `pipe`, or the checksum of a file; of anything else its kind, which no plan has. */
function describeFile(path: string): string {
  const status = lstatSync(path);
  if (status.isFIFO()) return "pipe";
  if (!status.isFile()) return "other";
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

function listFiles(folder: string, below = ""): readonly string[] {
  return readdirSync(join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const path = join(below, entry.name);
    return entry.isDirectory() ? listFiles(folder, path) : [path];
  });
}

const describeUnusable = (name: SandboxName, path: string, what: string): SandboxError =>
  new SandboxError(`${path} ${what}, so nothing says which walls ${name} needs`, {
    hint: `Prepare it again: systemctl daemon-reload && systemctl start sandbox-root@${name}`,
  });
