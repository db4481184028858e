import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { run } from "../../host/run.ts";

/** The exposure of a unit as systemd-analyze(1), security, counts it: from 0, well protected, to 10. */
export interface Exposure {
  readonly level: number;
  /** The checks that add to it, by name: in tenths of a point, rounded as systemd rounds. */
  readonly checks: ReadonlyMap<string, { readonly description: string; readonly exposure: number }>;
}

/** Lets systemd judge a unit with this text. The text is a separate file, so nothing on the host is looked at. */
export async function analyzeExposure(unit: string, text: string): Promise<Exposure> {
  const folder = await mkdtemp(join(tmpdir(), "sandboxcontainer-"));
  try {
    const file = join(folder, unit);
    await writeFile(file, text);
    const analyze = (...options: readonly string[]): Promise<{ stdout: string }> =>
      run("systemd-analyze", ["security", "--offline=true", "--no-pager", ...options, file]);
    const [table, json] = await Promise.all([analyze(), analyze("--json=short")]);
    return parseExposure(table.stdout, json.stdout);
  } finally {
    await rm(folder, { recursive: true });
  }
}

interface Check {
  readonly name: string;
  readonly description: string;
  readonly exposure: string | null;
}

// All groups of system calls have the same description.
const tellApart = (name: string, description: string): string => {
  const [, group] = /^SystemCallFilter=~(@.+)$/.exec(name) ?? [];
  return group === undefined ? description : `${description} (${group})`;
};

/**
 * Reads the overall level, which only the table has, and the checks by name from the JSON. Throws a SandboxError for any
 * other output.
 */
export function parseExposure(table: string, json: string): Exposure {
  const checks = parseChecks(json).flatMap(
    ({ name, description, exposure }): [string, { description: string; exposure: number }][] =>
      exposure === null ? [] : [[name, { description: tellApart(name, description), exposure: Number(exposure) }]],
  );
  const level = /^\S* ?Overall exposure level for .*: ([\d.]+)/m.exec(table)?.[1];
  if (level === undefined) throw new SandboxError("systemd-analyze printed no overall exposure level");
  return { level: Number(level), checks: new Map(checks) };
}

function parseChecks(json: string): readonly Check[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    value = undefined;
  }
  if (Array.isArray(value) && value.every(isCheck)) return value;
  throw new SandboxError("systemd-analyze printed no checks that we can read");
}

function isCheck(value: unknown): value is Check {
  if (typeof value !== "object" || value === null) return false;
  const { name, description, exposure } = value as Partial<Record<keyof Check, unknown>>;
  return (
    typeof name === "string" && typeof description === "string" && (exposure === null || typeof exposure === "string")
  );
}
