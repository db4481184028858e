import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { readIfThere } from "../../../base/files.ts";
import { useBed } from "../../bed-tests/bed.ts";
import { chooseBed } from "../choose-bed.ts";
import { drawByLot, sample } from "../draw-by-lot.ts";
import { errors, kills } from "./faults.ts";
import { judge, readObserved } from "./judge.ts";
import { type Call, chooseByPlace, readTrace } from "./trace.ts";
import { type Verb, verbs } from "./verbs.ts";

const usage = `test/faults/calls [--bed KIND] [--verb WORD] [--fault WORD] [--all] [--sample N] [--seed S] [--again]
  Lets the calls of every verb that changes something fail, and kills the verb before each, one fault at a time, in a
  bed that is up. After each the message has to help, the state has to be that of before or after, and the same command
  has to succeed. Of the calls that one place in the code makes again and again, it tries three.
  --bed KIND   native, or selinux for machined, which libvirt does not use in a native bed (native)
  --verb WORD  only verbs in whose words this is, such as rename or 'launch of'
  --fault WORD only faults in whose name this is, such as KILL or fsync:error=EIO:when=2
  --all        all calls
  --sample N   only N faults of each verb, drawn at random
  --seed S     the seed of what is drawn (1)
  --again      forgets what is done; otherwise the same command continues where an earlier one stopped
It prints what is wrong, and writes build/faults/calls.jsonl.`;

const scriptInBed = "/root/attempt";
const results = join(import.meta.dirname, "../../../build/faults/calls.jsonl");

const { values } = parseArgs({
  options: {
    bed: { type: "string", default: "native" },
    verb: { type: "string", default: "" },
    fault: { type: "string", default: "" },
    all: { type: "boolean", default: false },
    sample: { type: "string" },
    seed: { type: "string", default: "1" },
    again: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const kind = chooseBed(values.bed);
const bed = useBed(kind);

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
  const done = new Map(readResults().map((tried) => [tried.fault, tried]));
  const chosen = verbs.filter((each) => (each.bed ?? "native") === kind && nameOf(each).includes(values.verb));
  let wrong = 0;
  for (const [index, verb] of chosen.entries()) {
    process.stderr.write(`${index + 1} of ${chosen.length}: ${nameOf(verb)}\n`);
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

function nameOf({ command, kind, step, daemon }: Verb): string {
  const whose = step ?? daemon;
  return [...(whose === undefined ? [] : [whose, "of"]), ...command, ...(kind === undefined ? [] : [`(${kind})`])].join(
    " ",
  );
}

async function* tryVerb(verb: Verb, done: ReadonlyMap<string, Tried>): AsyncGenerator<Tried> {
  const { command, before, step = "", daemon = "" } = verb;
  const attempt = (...words: readonly string[]): Promise<string> =>
    bed.run("env", `STEP=${step}`, `DAEMON=${daemon}`, scriptInBed, ...words);
  await attempt("save", before);
  const after = await attempt("look", ...command);
  const calls = readTrace(await attempt("trace", Object.keys(errors).join(","), ...command));
  const draw = drawByLot(Number(values.seed));
  const faults = (values.all ? calls : chooseByPlace(calls, draw)).flatMap((call) =>
    listFaults(call, daemon !== "").map((injection) => ({ call, injection })),
  );
  const wanted = faults.filter(({ injection }) => injection.includes(values.fault));
  const chosen = values.sample === undefined ? wanted : sample(wanted, Number(values.sample), draw);
  process.stderr.write(`  ${calls.length} calls, ${faults.length} faults, ${chosen.length} of them chosen\n`);
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

function listFaults({ name, ordinal }: Call, onlyKills: boolean): readonly string[] {
  const failures = onlyKills ? [] : (errors[name] ?? []).map((error) => `error=${error}`);
  const faults = kills.includes(name) ? [...failures, "signal=KILL"] : failures;
  return faults.map((fault) => `${name}:${fault}:when=${ordinal}`);
}
