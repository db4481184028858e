import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { useBed } from "../../bed-tests/bed.ts";
import { defineLab, removeLab } from "../../bed-tests/lab.ts";
import { drawByLot } from "../draw-by-lot.ts";
import { compareMeasured, type Measured, readMeasured } from "./compare.ts";
import { listSandboxes, type Sandbox } from "./sandboxes.ts";
import { type Log, runLane, take } from "./steps.ts";

const usage = `test/faults/soak [--minutes N] [--sandboxes N] [--seed S] [--quick]
  Starts, stops, reloads and visits sandboxes at random in a native bed that is up, reloads systemd and restarts libvirtd
  meanwhile, and looks whether the host has in the end what it had in the beginning.
  --minutes N    how long (60)
  --sandboxes N  how many (50)
  --seed S       the seed of what is drawn (the time)
  --quick        a third of a minute with five sandboxes, and with libvirtd left alone
It prints what failed and what is left, and writes build/faults/soak.json.`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "60" },
    sandboxes: { type: "string", default: "50" },
    seed: { type: "string", default: String(Date.now() % 2 ** 31) },
    quick: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

const bed = useBed("native");
const results = join(import.meta.dirname, "../../../build/faults/soak.json");
/** How many steps run at the same time, each of another sandbox. */
const lanes = 4;

async function main(): Promise<number> {
  const sandboxes = listSandboxes(values.quick ? 5 : Number(values.sandboxes));
  const duration = 60_000 * (values.quick ? 1 / 3 : Number(values.minutes));
  process.stdout.write(`seed ${values.seed}\n`);
  const script = readFileSync(join(import.meta.dirname, "measure"), "utf8");
  await bed.feed(script, "sh", "-c", 'cat >"$0"; chmod 0755 "$0"', "/root/measure");
  const log: Log = { counts: new Map(), failures: [], restarts: 0 };
  await clear();
  await make(sandboxes, log);
  const before = await settle();
  log.counts.clear();
  const began = performance.now();
  const half = values.quick ? 0.5 : 0;
  const progress = (): number => half + ((1 - half) * (performance.now() - began)) / duration;
  await Promise.all(
    Array.from({ length: lanes }, (_, lane) => {
      const own = sandboxes.filter((_sandbox, index) => index % lanes === lane);
      return runLane(bed, { sandboxes: own, draw: drawByLot(Number(values.seed) + lane), progress }, log);
    }),
  );
  await stopAll(sandboxes);
  const after = await settle(before, countStarts(log));
  const complaints = [...log.failures, ...compareMeasured(before, after, countStarts(log))];
  report(log, before, after, complaints);
  await clear();
  return complaints.length === 0 ? 0 : 1;
}

/** Makes them, and does once what leaves something for good the first time. */
async function make(sandboxes: readonly Sandbox[], log: Log): Promise<void> {
  await defineLab(bed);
  for (const { name, conf } of sandboxes) {
    await bed.feed(conf, "sh", "-c", `cat >/etc/sandboxcontainer/${name}.conf`);
  }
  await bed.run("systemctl", "daemon-reload");
  for (const sandbox of sandboxes) {
    for (const step of ["start", "visit", "restart"] as const) await take(bed, step, sandbox, log);
    if (sandbox.canReload) await take(bed, "reload", sandbox, log);
  }
  await bed.run("systemctl", "restart", "libvirtd.service");
  await stopAll(sandboxes);
}

const stopAll = (sandboxes: readonly Sandbox[]): Promise<string> =>
  bed.run("systemctl", "stop", ...sandboxes.map(({ name }) => `sandbox@${name}`));

/** Removes them, also those of an earlier soak. */
async function clear(): Promise<void> {
  const each = 'for conf; do name=${conf##*/}; sandboxcontainer delete --force "${name%.conf}"; done';
  await bed.run("bash", "-c", `shopt -s nullglob; set -- /etc/sandboxcontainer/soak*.conf; ${each}`);
  await removeLab(bed);
}

// What ends because it is idle has ended by then; libvirtd does so after two minutes.
const timeout = 180_000;

/** Measures until all is as before, or, if nothing is known of that, until nothing changes any more. */
async function settle(before?: Measured, starts = 0): Promise<Measured> {
  const deadline = performance.now() + timeout;
  let last = await measure();
  let said = "";
  for (;;) {
    const now = await measure();
    const others = compareMeasured(before ?? last, now, starts);
    if (others.length === 0 || performance.now() > deadline) return now;
    const text = `it settles: ${others.slice(0, 3).join(", ")}\n`;
    if (text !== said) process.stderr.write(text);
    said = text;
    last = now;
  }
}

const measure = async (): Promise<Measured> => readMeasured(await bed.run("/root/measure"));

const countStarts = ({ counts }: Log): number =>
  ["start", "restart", "visit"].reduce((sum, step) => sum + (counts.get(step) ?? 0), 0);

function report(log: Log, before: Measured, after: Measured, complaints: readonly string[]): void {
  const numbers = [...after.numbers].map(([name, now]) => [name, before.numbers.get(name) ?? 0, now] as const);
  const done = [...log.counts].map(([step, count]) => `${count} ${step}`).join(", ");
  process.stdout.write(`${done}\n${numbers.map((row) => row.join("\t")).join("\n")}\n`);
  process.stdout.write(`${after.things.length} things are there\n${complaints.map((each) => `! ${each}\n`).join("")}`);
  mkdirSync(dirname(results), { recursive: true });
  writeFileSync(results, `${JSON.stringify({ seed: values.seed, done, numbers, complaints }, null, 2)}\n`);
}

if (values.help) process.stdout.write(`${usage}\n`);
else process.exitCode = await main();
