import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { useBed } from "../../bed-tests/bed.ts";
import { chooseBed } from "../choose-bed.ts";
import { readObserved } from "../calls/judge.ts";
import type { Verb } from "../calls/verbs.ts";
import { type Case, cases } from "./cases.ts";
import { judgeLack } from "./judge.ts";
import { verbs } from "./verbs.ts";

const usage = `test/faults/scarcity [--bed KIND] [--only WORD] [--verb WORD] [--quick]
  Takes something away, runs verbs without it, and gives it back, in a bed that is up. The message has to say what
  is missing, nothing else may be lost, and the same command has to succeed when the thing is back.
  --bed KIND   native, or selinux for levels and the clock, which a native bed does not have (native)
  --only WORD  only cases in whose name this is, such as disk or D-Bus
  --verb WORD  only verbs in whose name this is, such as clone
  --quick      only some cases, with one verb each
It prints what each verb said, and what is wrong.`;

const { values } = parseArgs({
  options: {
    bed: { type: "string", default: "native" },
    only: { type: "string", default: "" },
    verb: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const kind = chooseBed(values.bed);
const bed = useBed(kind);
const script = "/root/attempt";
/** The files that go into the bed. */
const files = [
  [join(import.meta.dirname, "../calls/attempt"), script],
  [join(import.meta.dirname, "proxy.ts"), "/root/proxy.ts"],
  [process.execPath, "/root/node"],
] as const;
// The state that the script keeps.
let saved = "";

if (values.help) process.stdout.write(`${usage}\n`);
else process.exitCode = await main();

async function main(): Promise<number> {
  const chosen = cases.filter(
    ({ name, bed: needed = "native", isQuick = false }) =>
      needed === kind && name.includes(values.only) && (isQuick || !values.quick),
  );
  for (const [file, place] of files) execFileSync(join(import.meta.dirname, "../../bed"), ["push", kind, file, place]);
  let [tries, wrong] = [0, 0];
  for (const [name, verb] of Object.entries(verbs).filter(([each]) => each.includes(values.verb))) {
    for await (const { lack, said, complaints } of tryVerb(name as keyof typeof verbs, verb, chosen)) {
      tries++;
      if (complaints.length > 0) wrong++;
      const lines = [...said.split("\n").map((line) => `  > ${line}`), ...complaints.map((each) => `  ! ${each}`)];
      process.stdout.write(`${lack}: ${name}\n${lines.join("\n")}\n`);
    }
  }
  await bed.run(script, "save", ":");
  const places = files.map(([, place]) => place).join(" ");
  await bed.run("sh", "-c", `umount /var/lib/sandboxcontainer /root/faults; rm -r /root/faults* ${places}`);
  process.stdout.write(`${chosen.length} cases, ${tries} tries, ${wrong} of them wrong\n`);
  return wrong === 0 ? 0 : 1;
}

/** A verb without something. */
interface Tried {
  readonly lack: string;
  readonly said: string;
  readonly complaints: readonly string[];
}

async function* tryVerb(
  name: keyof typeof verbs,
  { before, command }: Verb,
  chosen: readonly Case[],
): AsyncGenerator<Tried> {
  const using = chosen.filter(({ fail = [], work = [] }) =>
    (values.quick ? fail.slice(0, 1) : [...fail, ...work]).includes(name),
  );
  if (using.length === 0) return;
  if (before !== saved) await bed.run(script, "save", before);
  saved = before;
  const after = await bed.run(script, "look", ...command);
  for (const each of using) {
    const words = ["env", `WITH=${each.with ?? ""}`, script, "lack", each.take, each.give, ...command];
    const { status, stdout, stderr } = await bed.try(...words);
    const complaints =
      status === 0
        ? judgeLack(each, each.fail?.includes(name) === true, stdout, after)
        : [`it cannot be tried: ${stderr}`];
    yield { lack: each.name, said: readObserved(stdout).stderr, complaints };
  }
}
