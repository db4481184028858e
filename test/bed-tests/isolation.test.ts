import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { collect } from "./bed.ts";

const isolation = join(import.meta.dirname, "../isolation");
const probes = readdirSync(join(isolation, "probes"))
  .filter((file) => /^\d.*\.sh$/.test(file))
  .map((file) => file.replace(/\.sh$/, ""));

interface Verdict {
  readonly sandbox: string;
  readonly probe: string;
  readonly verdict: string;
  readonly detail: string;
}

/** What test/isolation/run says of each probe in each sandbox. */
async function tryProbes(...words: readonly string[]): Promise<readonly Verdict[]> {
  const { stdout, stderr } = await collect(spawn(join(isolation, "run"), words, { stdio: "pipe" }), "");
  const verdicts = stdout.split("\n").flatMap((line) => {
    const [sandbox, probe, verdict, kind, detail] = line.split("\t");
    if (sandbox === undefined || probe === undefined || verdict === undefined || kind === undefined) return [];
    return [{ sandbox, probe, verdict, detail: detail ?? "" }];
  });
  assert.ok(verdicts.length > 0, `${stdout}${stderr}`);
  return verdicts;
}

const triedIn = (verdicts: readonly Verdict[], name: string): readonly string[] =>
  verdicts
    .filter(({ sandbox }) => sandbox === name)
    .map(({ probe }) => probe)
    .sort();

const isEscape = (probe: string): boolean =>
  readFileSync(join(isolation, "probes", `${probe}.sh`), "utf8")
    .split("\n")[1]
    ?.includes("[escape]") === true;

const notBlocked = (verdicts: readonly Verdict[]): readonly Verdict[] =>
  verdicts.filter(({ verdict }) => verdict !== "blocked");

test("root in a sandbox of either kind gets through none of the probes", async () => {
  const verdicts = await tryProbes("default");
  assert.deepEqual(notBlocked(verdicts), []);
  for (const name of ["default-unit", "default-exec"]) assert.deepEqual(triedIn(verdicts, name), probes.sort());
});

// Those with a part on the host take minutes: test/isolation/run --all.
test("with one of the two walls down nothing escapes through the other", async () => {
  const alone = probes.filter((probe) => existsSync(join(isolation, "probes", `${probe}.host`)));
  const verdicts = await tryProbes("no-userns", "no-label", "--skip", `^(${alone.join("|")})$`);
  assert.deepEqual(notBlocked(verdicts), []);
  const escapes = probes.filter((probe) => !alone.includes(probe) && isEscape(probe));
  for (const name of ["no-userns-unit", "no-userns-exec", "no-label-unit", "no-label-exec"]) {
    assert.deepEqual(triedIn(verdicts, name), escapes.sort());
  }
});
