import { appendFileSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { describeError } from "../../../base/errors.ts";
import { readIfThere } from "../../../base/files.ts";
import { useBed } from "../../bed-tests/bed.ts";
import { drawByLot } from "../draw-by-lot.ts";
import { cutPower } from "./cut-power.ts";
import { loseWrites } from "./lose-writes.ts";
import { type Tried, verbs } from "./verbs.ts";

const usage = `test/faults/cuts [--apparmor] [--only WORD] [--verb WORD] [--cuts N] [--moments N] [--seed S] [--again] [--quick]
  Cuts the power of a virtual machine that is up during each verb that changes something, boots the same disk, and looks
  whether all is whole, the same command succeeds and the sandboxes start. Then it does the same, without a boot, with a
  disk that loses whatever was not flushed: at flushes of each verb, and right after its end.
  --apparmor   in the apparmor bed, not in the selinux bed
  --only WORD  only cuts, or only flushes
  --verb WORD  only verbs in whose words this is, such as rename
  --cuts N     how often the power of each verb is cut (3)
  --moments N  how many flushes of each verb, drawn at random (8)
  --seed S     the seed of all that is drawn (1)
  --again      forgets what is done; otherwise the same command continues where an earlier one stopped
  --quick      a flush and the end of one verb, without a boot: about a minute
It prints what is wrong, and writes build/faults/cuts.jsonl.`;

const { values } = parseArgs({
  options: {
    apparmor: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    verb: { type: "string", default: "" },
    cuts: { type: "string", default: "3" },
    moments: { type: "string", default: "8" },
    seed: { type: "string", default: "1" },
    again: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const bed = useBed(values.apparmor ? "apparmor" : "selinux");
const results = join(import.meta.dirname, "../../../build/faults/cuts.jsonl");
const scripts = ["../calls/attempt", "look", "power", "logged", "log-writes.ts", "replay.ts"];

if (values.help) process.stdout.write(`${usage}\n`);
else process.exitCode = await main();

async function main(): Promise<number> {
  mkdirSync(dirname(results), { recursive: true });
  if (values.again) rmSync(results, { force: true });
  process.stdout.write(`seed ${values.seed}\n`);
  await pushScripts();
  const draw = drawByLot(Number(values.seed));
  const known = new Map(readResults().map((tried) => [tried.fault, tried]));
  const [cuts, moments] = values.quick ? [0, 2] : [Number(values.cuts), Number(values.moments)];
  const chosen = verbs.filter(({ command }) => command.join(" ").includes(values.verb));
  let wrong = 0;
  for (const verb of values.quick ? chosen.slice(0, 1) : chosen) {
    for (const [kind, count, tryVerb] of [
      ["cuts", cuts, cutPower] as const,
      ["flushes", moments, loseWrites] as const,
    ]) {
      const names = Array.from({ length: kind.startsWith(values.only) ? count : 0 }, (_, index) =>
        [...verb.command, ...(verb.kind === undefined ? [] : [`(${verb.kind})`]), `${kind}:${index + 1}`].join(" "),
      );
      const left = values.quick ? names : names.filter((name) => !known.has(name));
      const old = names.flatMap((name) => (left.includes(name) ? [] : (known.get(name) ?? [])));
      old.forEach(report);
      wrong += old.filter(({ complaints }) => complaints.length > 0).length;
      if (left.length === 0) continue;
      try {
        for await (const tried of tryVerb(bed, verb, left, draw)) {
          appendFileSync(results, `${JSON.stringify(tried)}\n`);
          report(tried);
          if (tried.complaints.length > 0) wrong++;
        }
      } catch (error) {
        // It is not recorded, so the next run tries it again.
        report({ fault: left.join(", "), when: "could not be tried", complaints: [describeError(error)] });
        wrong++;
      }
    }
  }
  return wrong === 0 ? 0 : 1;
}

async function pushScripts(): Promise<void> {
  for (const script of scripts) {
    const text = readFileSync(join(import.meta.dirname, script), "utf8");
    const path = `/root/cuts/${basename(script)}`;
    await bed.feed(text, "sh", "-c", 'mkdir -p /root/cuts; cat >"$0"; chmod 0755 "$0"', path);
  }
}

function readResults(): readonly Tried[] {
  const lines = (readIfThere(results) ?? "").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as Tried);
}

function report({ fault, when, complaints }: Tried): void {
  process.stderr.write(`${fault}: ${when}\n`);
  if (complaints.length === 0) return;
  process.stdout.write(`${fault}: ${when}\n${complaints.map((each) => `  ! ${each}\n`).join("")}`);
}
