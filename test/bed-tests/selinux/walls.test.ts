// The last of its folder: a probe that gets through may leave the machine in no state to test anything else.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { collect } from "../bed.ts";

const isolation = join(import.meta.dirname, "../../isolation");
const probes = readdirSync(join(isolation, "probes"))
  .filter((file) => /^\d.*\.sh$/.test(file))
  .map((file) => file.replace(/\.sh$/, ""))
  .sort();

interface Verdict {
  readonly sandbox: string;
  readonly probe: string;
  readonly verdict: string;
  readonly detail: string;
}

/** What test/isolation/run said of each probe in each sandbox. */
const verdicts: Verdict[] = [];

before(async () => {
  const words = ["default", "no-userns", "no-label", "--brief"];
  const { stdout, stderr } = await collect(spawn(join(isolation, "run"), words, { stdio: "pipe" }), "");
  for (const line of stdout.split("\n")) {
    const [sandbox, probe, verdict, kind, detail] = line.split("\t");
    if (sandbox === undefined || probe === undefined || verdict === undefined || kind === undefined) continue;
    verdicts.push({ sandbox, probe, verdict, detail: detail ?? "" });
  }
  assert.ok(verdicts.length > 0, `${stdout}${stderr}`);
});

const isEscape = (probe: string): boolean =>
  readFileSync(join(isolation, "probes", `${probe}.sh`), "utf8")
    .split("\n")[1]
    ?.includes("[escape]") === true;

function assertBlocked(sandbox: string, expected: readonly string[]): void {
  const of = verdicts.filter((verdict) => verdict.sandbox === sandbox);
  assert.deepEqual(
    of.filter(({ verdict }) => verdict !== "blocked"),
    [],
  );
  assert.deepEqual(of.map(({ probe }) => probe).sort(), expected);
}

test("root in a sandbox of either kind gets through none of the probes", () => {
  for (const name of ["default-unit", "default-exec"]) assertBlocked(name, probes);
});

const escapes = probes.filter((probe) => isEscape(probe) && !existsSync(join(isolation, "probes", `${probe}.host`)));

test("nothing escapes where SELinux is the only wall", () => {
  for (const name of ["no-userns-unit", "no-userns-exec"]) assertBlocked(name, escapes);
});

test("nothing escapes where the user namespace is the only wall", () => {
  for (const name of ["no-label-unit", "no-label-exec"]) assertBlocked(name, escapes);
});
