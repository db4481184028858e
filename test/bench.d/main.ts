import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureBoot } from "./boot.ts";
import { bed, runBed, runInside, stopMeasuring, wasInterrupted } from "./run-inside.ts";
import { sizesOf } from "./sizes.ts";
import { formatRow } from "./report.ts";
import type { Row } from "./results.ts";

const rowNames = ["generator", "start", "web", "port", "memory", "density", "boot"];

const usage = `test/bench [--only ROW]... [--small]
  --only ROW  ${rowNames.join(", ")}; may repeat
  --small     little of everything, in the ordinary bed and without peers that it lacks: only to see that the bench works
A table is printed and build/bench.json written. A bed that was up is used and left up; nothing of the bench stays in it.`;

const top = join(import.meta.dirname, "../..");

const { values } = parseArgs({
  options: {
    only: { type: "string", multiple: true, default: [] },
    small: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const unknown = values.only.find((name) => !rowNames.includes(name));
if (values.help) process.stdout.write(`${usage}\n`);
else if (unknown !== undefined) {
  process.stderr.write(`there is no row ${unknown}\n${usage}\n`);
  process.exitCode = 2;
} else {
  try {
    await runBench();
  } catch (error) {
    if (!wasInterrupted()) throw error;
    process.exitCode = 130;
  }
}

async function runBench(): Promise<void> {
  // Peers that the ordinary bed has not.
  if (!values.small) process.env["SANDBOXCONTAINER_BED_PACKAGES"] ??= "lxc";
  // What runs in the bed gets a terminal's signals as well and ends; we have to clean up.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stopMeasuring);
  const wasUp = spawnSync(bed, ["exec", "native", "--", "true"]).status === 0;
  runBed("up", "native");
  try {
    const rows: Row[] = [];
    runBed("push", "native", import.meta.dirname, "/root/bench/");
    runBed("push", "native", join(top, "package.json"), "/root/bench/");
    for (const name of rowNames.filter((each) => values.only.length === 0 || values.only.includes(each))) {
      const row = await measureRow(name);
      process.stdout.write(`\n${formatRow(row)}`);
      rows.push(row);
      writeResults(rows);
    }
  } finally {
    if (wasUp) runBed("exec", "native", "--", "rm", "-r", "/root/bench");
    else runBed("down", "native");
  }
}

function measureRow(name: string): Promise<Row> {
  if (name === "boot") return measureBoot(sizesOf(values.small));
  return runInside([name, ...(values.small ? ["--small"] : [])], "remove") as Promise<Row>;
}

function writeResults(rows: readonly Row[]): void {
  const [cpu] = cpus();
  const machine = {
    kernel: release(),
    cpu: cpu?.model,
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
  };
  mkdirSync(join(top, "build"), { recursive: true });
  const results = { date: new Date().toISOString(), small: values.small, machine, rows };
  writeFileSync(join(top, "build/bench.json"), `${JSON.stringify(results, null, 2)}\n`);
}
