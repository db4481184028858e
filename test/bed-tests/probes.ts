import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { collect } from "./bed.ts";

const isolation = join(import.meta.dirname, "../isolation");

/** All probes of test/isolation, by name. */
export const probes = readdirSync(join(isolation, "probes"))
  .filter((file) => /^\d.*\.sh$/.test(file))
  .map((file) => file.replace(/\.sh$/, ""))
  .sort();

const isEscape = (probe: string): boolean =>
  readFileSync(join(isolation, "probes", `${probe}.sh`), "utf8")
    .split("\n")[1]
    ?.includes("[escape]") === true;

/** The probes that --brief tries. */
export const escapes = probes.filter(
  (probe) => isEscape(probe) && !existsSync(join(isolation, "probes", `${probe}.host`)),
);

/** The verdict of test/isolation/run on a probe in a sandbox. */
export interface Verdict {
  readonly sandbox: string;
  readonly probe: string;
  readonly verdict: string;
  readonly detail: string;
}

/** Runs the probes in the selinux bed. */
export async function tryProbes(...words: readonly string[]): Promise<readonly Verdict[]> {
  const { stdout, stderr } = await collect(spawn(join(isolation, "run"), words, { stdio: "pipe" }), "");
  const verdicts = stdout.split("\n").flatMap((line) => {
    const [sandbox, probe, verdict, kind, detail] = line.split("\t");
    if (sandbox === undefined || probe === undefined || verdict === undefined || kind === undefined) return [];
    return [{ sandbox, probe, verdict, detail: detail ?? "" }];
  });
  assert.ok(verdicts.length > 0, `${stdout}${stderr}`);
  return verdicts;
}

/** Asserts that all expected probes were tried in a sandbox, and that none got through. */
export function assertBlocked(verdicts: readonly Verdict[], sandbox: string, expected: readonly string[]): void {
  const of = verdicts.filter((verdict) => verdict.sandbox === sandbox);
  assert.deepEqual(
    of.filter(({ verdict }) => verdict !== "blocked"),
    [],
  );
  assert.deepEqual(of.map(({ probe }) => probe).sort(), expected);
}
