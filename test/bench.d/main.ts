import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, release, totalmem } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { rootArchive } from "./inside/places.ts";
import { measureBoot } from "./boot.ts";
import { bed, runBed, runInside, stopMeasuring, wasInterrupted } from "./run-inside.ts";
import { sizesOf } from "./sizes.ts";
import { formatRow } from "./report.ts";
import { renderPicture } from "./picture.ts";
import type { Results, Row } from "./results.ts";

const rowNames = [
  ...["generator", "reload", "start", "filter", "web", "create", "port", "memory", "verbs", "boot", "density"],
];

const usage = `test/bench [--only ROW]... [--small]
  --only ROW  ${rowNames.join(", ")}; may repeat
  --small     measures little, in the ordinary bed and without peers that it lacks: shows only that the bench works
It prints tables and writes build/bench.json (with --small build/bench-small.json). With all rows it also draws docs/bench.svg. A bed that is up is used and stays up; nothing of the bench stays in it.`;

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
  // Peers that the ordinary bed does not have.
  if (!values.small) process.env["SANDBOXCONTAINER_BED_PACKAGES"] ??= "lxc xz-utils";
  // A signal from the terminal also ends the programs in the bed, but we have to clean up.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, stopMeasuring);
  const wasUp = spawnSync(bed, ["exec", "native", "--", "true"]).status === 0;
  runBed("up", "native");
  try {
    const rows: Row[] = [];
    runBed("push", "native", import.meta.dirname, "/root/bench/");
    runBed("push", "native", join(top, "package.json"), "/root/bench/");
    runBed("push", "native", process.execPath, "/root/bench/");
    const chosen = rowNames.filter((name) => values.only.length === 0 || values.only.includes(name));
    if (chosen.includes("create") && !values.small) pushRoot();
    for (const name of chosen) {
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

// Makes the Debian once, outside the bed, because that needs the network.
function pushRoot(): void {
  const archive = join(top, "build/bench-root.tar.xz");
  const { status } = spawnSync(join(import.meta.dirname, "make-root"), [archive], { stdio: "inherit" });
  if (status !== 0) throw new Error("cannot make the Debian for lxc-create and podman");
  runBed("push", "native", archive, rootArchive);
}

function measureRow(name: string): Promise<Row> {
  if (name === "boot") return measureBoot(sizesOf(values.small));
  return runInside([name, ...(values.small ? ["--small"] : [])], "remove") as Promise<Row>;
}

function writeResults(rows: readonly Row[]): void {
  const [processor] = cpus();
  const machine = {
    kernel: release(),
    cpu: processor?.model ?? "unknown",
    cores: cpus().length,
    gigabytes: Math.round(totalmem() / 2 ** 30),
  };
  mkdirSync(join(top, "build"), { recursive: true });
  const results: Results = { date: new Date().toISOString(), small: values.small, machine, rows };
  writeFileSync(
    join(top, values.small ? "build/bench-small.json" : "build/bench.json"),
    `${JSON.stringify(results, null, 2)}\n`,
  );
  // The picture in README is from a single run.
  if (!values.small && rows.length === rowNames.length)
    writeFileSync(join(top, "docs/bench.svg"), renderPicture(results));
}
