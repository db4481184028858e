import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run } from "../../host/run.ts";

/** How exposed a unit is in the eyes of systemd-analyze(1), security: from 0, well walled in, to 10. */
export interface Exposure {
  readonly level: number;
  /** What adds to it, by the name of its check: in tenths of a point, as systemd rounds it. */
  readonly checks: ReadonlyMap<string, { readonly description: string; readonly exposure: number }>;
}

/** Has systemd judge a unit of that text, as a file of its own: nothing on the host is looked at. */
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

/** The overall level is in the table alone, the checks by name in the JSON. */
export function parseExposure(table: string, json: string): Exposure {
  const checks = (JSON.parse(json) as readonly Check[]).flatMap(
    ({ name, description, exposure }): [string, { description: string; exposure: number }][] =>
      exposure === null ? [] : [[name, { description, exposure: Number(exposure) }]],
  );
  const level = /Overall exposure level for .*: ([\d.]+)/.exec(table)?.[1];
  if (level === undefined) throw new Error("systemd-analyze told no overall exposure level");
  return { level: Number(level), checks: new Map(checks) };
}
