import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { readIfThere } from "../../../helpers/host/read-if-there.ts";
import { useBed } from "../../bed-tests/bed.ts";
import { errors, kills } from "./faults.ts";
import { judge, readObserved } from "./judge.ts";
import { type Call, readTrace } from "./trace.ts";
import { type Verb, verbs } from "./verbs.ts";

const usage = `test/faults/calls [--verb WORD] [--fault WORD] [--sample N] [--seed S] [--again]
  Lets every call of every verb that changes something fail, and kills the verb before it, each in turn, in a native bed
  that is up. After each the message has to help, the state has to be that of before or after, and the same command
  has to succeed.
  --verb WORD  only verbs in whose words this is, such as rename or 'launch of'
  --fault WORD only faults in whose name this is, such as KILL or fsync:error=EIO:when=2
  --sample N   only N faults of each verb, drawn by lot
  --seed S     the seed of that (the time)
  --again      forgets what is done; otherwise the same command continues where an earlier one stopped
It prints what is wrong, and writes build/faults/calls.jsonl.`;

const bed = useBed("native");
const scriptInBed = "/root/attempt";
const results = join(import.meta.dirname, "../../../build/faults/calls.jsonl");

const { values } = parseArgs({
  options: {
    verb: { type: "string", default: "" },
    fault: { type: "string", default: "" },
    sample: { type: "string" },
    seed: { type: "string", default: String(Date.now()) },
    again: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

/** A fault that was tried, as the file of results has it. */
interface Tried {
  readonly fault: string;
  readonly call: string;
  /** What the verb said. */
  readonly said: string;
  readonly complaints: readonly string[];
}

if (values.help) process.stdout.write(`${usage}\n`);
else process.exitCode = await main();

async function main(): Promise<number> {
  mkdirSync(dirname(results), { recursive: true });
  if (values.again) rmSync(results, { force: true });
  const script = readFileSync(join(import.meta.dirname, "attempt"), "utf8");
  await bed.feed(script, "sh", "-c", 'cat >"$0"; chmod 0755 "$0"', scriptInBed);
  if (values.sample !== undefined) process.stdout.write(`seed ${values.seed}\n`);
  const done = new Map(readResults().map((tried) => [tried.fault, tried]));
  let wrong = 0;
  for (const verb of verbs.filter((each) => nameOf(each).includes(values.verb))) {
    for await (const tried of tryVerb(verb, done)) {
      if (tried.complaints.length === 0) continue;
      wrong++;
      process.stdout.write(
        `${tried.fault}\n  ${tried.call}\n${tried.said.replaceAll(/^/gm, "  > ")}\n${tried.complaints.map((each) => `  ! ${each}\n`).join("")}`,
      );
    }
  }
  return wrong === 0 ? 0 : 1;
}

function readResults(): readonly Tried[] {
  const lines = (readIfThere(results) ?? "").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Tried);
}

function nameOf({ command, step }: Verb): string {
  return [...(step === undefined ? [] : [step, "of"]), ...command].join(" ");
}

async function* tryVerb(verb: Verb, done: ReadonlyMap<string, Tried>): AsyncGenerator<Tried> {
  const { command, before, step = "" } = verb;
  const attempt = (...words: readonly string[]): Promise<string> =>
    bed.run("env", `STEP=${step}`, scriptInBed, ...words);
  await attempt("save", before);
  const after = await attempt("look", ...command);
  const calls = readTrace(await attempt("trace", Object.keys(errors).join(","), ...command));
  const faults = calls.flatMap((call) => listFaults(call).map((injection) => ({ call, injection })));
  const chosen = sample(faults.filter(({ injection }) => injection.includes(values.fault)));
  process.stderr.write(`${nameOf(verb)}: ${calls.length} calls, ${chosen.length} faults\n`);
  for (const { call, injection } of chosen) {
    const fault = `${nameOf(verb)} ${injection}`;
    const known = done.get(fault);
    if (known !== undefined) {
      yield known;
      continue;
    }
    const observed = readObserved(await attempt("fault", injection, ...command));
    const tried = {
      fault,
      call: call.text.slice(0, 200),
      said: observed.stderr,
      complaints: judge(observed, after, step !== ""),
    };
    appendFileSync(results, `${JSON.stringify(tried)}\n`);
    yield tried;
  }
}

function listFaults({ name, ordinal }: Call): readonly string[] {
  const failures = (errors[name] ?? []).map((error) => `error=${error}`);
  const faults = kills.includes(name) ? [...failures, "signal=KILL"] : failures;
  return faults.map((fault) => `${name}:${fault}:when=${ordinal}`);
}

/** Draws as many as are wanted, always the same with one seed. */
function sample<T>(all: readonly T[]): readonly T[] {
  if (values.sample === undefined) return all;
  let state = Number(values.seed) >>> 0;
  const left = [...all];
  return Array.from({ length: Math.min(Number(values.sample), all.length) }, () => {
    // A linear congruential generator is enough to draw by, and can be repeated.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return left.splice(state % left.length, 1);
  }).flat();
}
