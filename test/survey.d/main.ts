import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readIfThere } from "../../base/files.ts";
import { useBed } from "../bed-tests/bed.ts";
import { type Draw, type Drawn, drawSample } from "./draw.ts";
import { groupDrawn } from "./group-drawn.ts";
import { emptyTrial, type Outcome } from "./outcome.ts";
import { formatSurvey } from "./report.ts";
import { tryUnit } from "./try-unit.ts";

const usage = `test/survey --seed SEED --count COUNT [selinux] [--copy] [--only PACKAGE]...
  Draws COUNT services of Debian at random. It tries each on a bed itself, then in a sandbox made by nothing but its unit.
  --seed SEED     another seed draws other services; the same seed draws the same
  --count COUNT   how many
  selinux         use the virtual machine with SELinux enforcing instead of the native bed
  --copy          copy the host's data into the sandbox
  --only PACKAGE  try only this package of those that were drawn, again; may repeat
It prints a table and writes build/survey.json. build/survey/PACKAGE.log has the journal of each that differs. The same
command continues where an earlier one stopped; remove build/survey.json to begin again.`;

const top = join(import.meta.dirname, "../..");
const resultFile = join(top, "build/survey.json");
const logs = join(top, "build/survey");

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: "string" },
    count: { type: "string" },
    copy: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    help: { type: "boolean", default: false },
  },
});

/** What build/survey.json contains. */
interface Survey extends Draw {
  readonly seed: string;
  readonly count: number;
  readonly kind: "native" | "selinux";
  readonly copy: boolean;
  readonly outcomes: readonly Outcome[];
}

if (values.help) process.stdout.write(`${usage}\n`);
else process.exitCode = await runSurvey();

async function runSurvey(): Promise<number> {
  const { seed, only } = values;
  const count = Number(values.count);
  if (seed === undefined || !Number.isInteger(count) || count < 1 || positionals.some((each) => each !== "selinux")) {
    process.stderr.write(`${usage}\n`);
    return 2;
  }
  const kind = positionals[0] === "selinux" ? "selinux" : "native";
  mkdirSync(logs, { recursive: true });
  let survey = readSurvey(seed, count, kind);
  const unknown = only.find((name) => !survey.drawn.some((each) => each.package === name));
  if (unknown !== undefined) throw new Error(`${unknown} was not drawn with this seed and count`);
  survey = { ...survey, outcomes: survey.outcomes.filter((each) => !only.includes(each.package)) };
  const done = new Set(survey.outcomes.map((each) => each.package));
  const left = survey.drawn.filter(
    ({ package: name }) => !done.has(name) && (only.length === 0 || only.includes(name)),
  );
  for await (const outcome of tryGroups(kind, left)) {
    survey = { ...survey, outcomes: [...survey.outcomes, outcome] };
    save(survey);
    say(
      `${survey.outcomes.length} of ${survey.drawn.length}  ${outcome.package}: ${outcome.verdict}  ${outcome.details[0] ?? ""}`,
    );
  }
  process.stdout.write(`\n${formatSurvey(survey.outcomes)}`);
  return 0;
}

function readSurvey(seed: string, count: number, kind: Survey["kind"]): Survey {
  const wanted = { seed, count, kind, copy: values.copy };
  const text = readIfThere(resultFile);
  const earlier = text === undefined ? undefined : (JSON.parse(text) as Survey);
  if (earlier !== undefined && Object.entries(wanted).every(([key, value]) => earlier[key as keyof Survey] === value))
    return earlier;
  rmSync(logs, { recursive: true, force: true });
  mkdirSync(logs, { recursive: true });
  const survey = { ...wanted, ...drawSample(seed, count, say), outcomes: [] };
  save(survey);
  return survey;
}

/** Tries the services of each group in a bed of its own. What cannot be installed beside the others gets another bed. */
async function* tryGroups(kind: Survey["kind"], drawn: readonly Drawn[]): AsyncGenerator<Outcome> {
  for (const group of groupDrawn(drawn)) {
    const names = group.map((each) => each.package);
    process.env["SANDBOXCONTAINER_BED_PACKAGES"] = ["--keep-going", "--install-recommends", ...names].join(" ");
    runBed("up", kind);
    const leftOut: Drawn[] = [];
    let hasEnded = false;
    try {
      for (const [number, each] of group.entries()) {
        if (await isInstalled(kind, each.package)) yield await tryOne(kind, each, number);
        else leftOut.push(each);
      }
      hasEnded = true;
    } finally {
      // The roots of all groups would fill a disk.
      runBed(hasEnded ? "forget" : "down", kind);
    }
    if (leftOut.length < group.length) yield* tryGroups(kind, leftOut);
    else yield* leftOut.map(cannotInstall);
  }
}

async function isInstalled(kind: Survey["kind"], name: string): Promise<boolean> {
  const { stdout } = await useBed(kind).try("dpkg-query", "--show", "--showformat=${db:Status-Status}", name);
  return stdout === "installed";
}

async function tryOne(kind: Survey["kind"], drawn: Drawn, number: number): Promise<Outcome> {
  // As long as the name of the bed, and not the name of anything else: a look finds it in names of processes, which are short.
  const trial = await tryUnit(useBed(kind), `survey-${String(number).padStart(3, "0")}`, drawn.unit, {
    copy: values.copy,
    hasSelinux: kind === "selinux",
    onDifference: (evidence) => {
      writeFileSync(join(logs, `${drawn.package}.log`), evidence);
    },
  });
  return { ...drawn, ...trial };
}

function cannotInstall(drawn: Drawn): Outcome {
  return { ...drawn, ...emptyTrial, verdict: "not tried", details: ["it cannot be installed in a bed"] };
}

function save(survey: Survey): void {
  writeFileSync(resultFile, `${JSON.stringify(survey, null, 2)}\n`);
}

function say(text: string): void {
  process.stderr.write(`survey: ${text}\n`);
}

function runBed(verb: "up" | "down" | "forget", kind: string): void {
  const { status } = spawnSync(join(top, "test/bed"), [verb, kind], { stdio: "inherit" });
  if (status !== 0) throw new Error(`test/bed ${verb} ${kind} failed`);
}
