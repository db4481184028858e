import { setTimeout as sleep } from "node:timers/promises";
import { SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { formatBytes } from "../../../base/text.ts";
import { findController } from "../../host/libvirt/find-controller.ts";
import { readUsage, type Usage } from "../../host/process/cgroup.ts";
import { listNames } from "../list-names.ts";
import { measureRoots, type RootSizes } from "../measure-roots.ts";
import { formatJsonLine, formatTable, print, printJson } from "../output.ts";
import { requireSandboxes } from "../require-sandbox.ts";
import type { Flags, Verb } from "../verb.ts";

export const top: Verb = {
  name: "top",
  group: "Look",
  summary: "show the same live, with the busiest sandbox first",
  places: { "[name...]": "sandbox" },
  examples: ["top"],
  run: showTop,
};

export const stats: Verb = {
  name: "stats",
  group: "Look",
  summary: "show what running sandboxes use: processors, memory, tasks, disk",
  places: { "[name...]": "sandbox" },
  options: {
    "-f, --follow": "print it every second; with --json on one line",
    "--disk": "also show what each root takes on disk, by reading all of it; also for stopped sandboxes",
    "--openmetrics": "print metrics of all sandboxes for Prometheus instead, also of stopped ones, as OpenMetrics text",
    "--textfile <file>": {
      help: "write these metrics to a file ending in .prom, for the folder of node_exporter's textfile collector",
      takes: "file",
    },
  },
  json: `{ name: string; cpuPercent: number | null; cpuSeconds: number | null; memoryBytes: number | null;
    memoryMax: number | null; tasks: number | null; tasksMax: number | null; readBytes: number | null;
    writtenBytes: number | null }[]`,
  jsonWith: { "--disk": `(stats & { diskBytes: number | null })[]` },
  examples: ["stats", "stats web1 db", "stats --disk", "stats --follow web1", "stats --openmetrics"],
  run: showStats,
};

/** The usage of a running sandbox at one moment. */
interface Sample extends Usage {
  readonly name: SandboxName;
  /** Milliseconds of a monotonic clock. */
  readonly at: number;
}
interface Row extends Usage {
  readonly name: SandboxName;
  /** The share of one processor since the last sample, in percent. */
  readonly cpuPercent: number | null;
  /** What its root takes on disk, if that was asked for. */
  readonly diskBytes?: number | null;
}

const betweenSamples = 1000;
const betweenPictures = 2000;

interface StatsOptions extends Flags<"json" | "follow" | "disk" | "openmetrics"> {
  readonly textfile?: string;
}

/**
 * Prints the usage of running sandboxes: the named ones, or all. Takes a second, to measure the processors' share. With
 * `follow` it does so every second, until nobody reads it. With `disk` it also measures roots, and tells of stopped
 * sandboxes too.
 */
async function showStats(texts: readonly string[], options: StatsOptions): Promise<void> {
  const names = parseNames(texts);
  if (options.openmetrics === true || options.textfile !== undefined)
    return (await import("../metrics/print-metrics.ts")).printMetrics(names(), options);
  if (options.follow === true && options.disk === true)
    throw new SandboxError("--disk reads whole roots, so it cannot be repeated every second", {
      hint: "Leave out --follow or --disk",
      status: 2,
    });
  if (options.follow === true) return followStats(names, options.json === true);
  const before = takeSamples(names);
  const measured = options.disk === true ? measureRoots(names()) : undefined;
  await sleep(betweenSamples);
  const rows = compare(before, takeSamples(names));
  const shown = measured === undefined ? rows : withDisk(rows, await measured);
  if (options.json === true) printJson(shown);
  else if (shown.length > 0) print(formatRows(shown));
  else if (process.stdout.isTTY) print("No sandbox is running.");
}

/** Adds the sizes of roots, and rows for the sandboxes that do not run. */
export const withDisk = (rows: readonly Row[], sizes: RootSizes): readonly Row[] =>
  [...sizes].map(([name, diskBytes]) => ({ ...(rows.find((row) => row.name === name) ?? idle(name)), diskBytes }));

const idle = (name: SandboxName): Row => ({
  ...{ name, cpuPercent: null, cpuSeconds: null, memoryBytes: null, memoryMax: null },
  ...{ tasks: null, tasksMax: null, readBytes: null, writtenBytes: null },
});

async function followStats(names: () => readonly SandboxName[], json: boolean): Promise<void> {
  const reader = new AbortController();
  process.stdout.once("error", () => {
    reader.abort();
  });
  for (let before = takeSamples(names); !reader.signal.aborted;) {
    await sleep(betweenSamples);
    const now = takeSamples(names);
    const rows = compare(before, now);
    const text = json ? formatJsonLine(rows) : formatRows(rows);
    // A slow reader gets fewer lines: nothing waits for it here.
    await new Promise((resolve) => process.stdout.write(`${text}\n`, resolve));
    before = now;
  }
}

/** Shows the same on a terminal until it is interrupted, again and again, the busiest first. */
async function showTop(texts: readonly string[]): Promise<void> {
  const names = parseNames(texts);
  if (!process.stdout.isTTY)
    throw new SandboxError("top needs a terminal", { hint: "Without one: sandboxcontainer stats --json", status: 2 });
  for (let before = takeSamples(names); ;) {
    await sleep(before.length === 0 ? betweenPictures : betweenSamples);
    const now = takeSamples(names);
    const rows = [...compare(before, now)].sort((a, b) => (b.cpuPercent ?? 0) - (a.cpuPercent ?? 0));
    // This leaves room for the header and the cursor. If a terminal does not tell its size, we assume 24 lines.
    const shown = rows.slice(0, Math.max(1, (process.stdout.rows || 24) - 2));
    // The cursor goes home, each line clears the rest of itself, and the end clears the rest of the screen: nothing
    // flickers.
    print(`\x1b[H${formatRows(shown).replaceAll("\n", "\x1b[K\n")}\x1b[J`);
    before = now;
  }
}

function parseNames(texts: readonly string[]): () => readonly SandboxName[] {
  const names = requireSandboxes(texts);
  return () => (names.length > 0 ? names : listNames());
}

function takeSamples(names: () => readonly SandboxName[]): readonly Sample[] {
  return names().flatMap((name) => {
    const controller = findController(name);
    if (controller === undefined) return [];
    try {
      return [{ name, at: performance.now(), ...readUsage(controller.pid) }];
    } catch {
      // The sandbox ended meanwhile.
      return [];
    }
  });
}

/** Compares the later samples with the earlier ones, to get the processors' share. */
export function compare(before: readonly Sample[], now: readonly Sample[]): readonly Row[] {
  return now.map(({ at, ...sample }) => {
    const earlier = before.find(({ name }) => name === sample.name);
    const spent = earlier === undefined ? null : (sample.cpuSeconds ?? 0) - (earlier.cpuSeconds ?? 0);
    const passed = (at - (earlier?.at ?? at)) / 1000;
    // If a sandbox was started again, its counter begins at zero.
    const cpuPercent = spent === null || spent < 0 || passed <= 0 ? null : Math.round((spent / passed) * 1000) / 10;
    return { ...sample, cpuPercent };
  });
}

function formatRows(rows: readonly Row[]): string {
  const hasDisk = rows.some(({ diskBytes }) => diskBytes !== undefined);
  return formatTable(
    ["NAME", "CPU%", "CPU TIME", "MEMORY", "TASKS", "READ", "WRITTEN", ...(hasDisk ? ["ON DISK"] : [])],
    rows.map((row) => [
      row.name,
      row.cpuPercent?.toFixed(1) ?? "-",
      row.cpuSeconds === null ? "-" : `${row.cpuSeconds.toFixed(2)} s`,
      withLimit(row.memoryBytes, row.memoryMax, formatBytes),
      withLimit(row.tasks, row.tasksMax, String),
      orDash(row.readBytes),
      orDash(row.writtenBytes),
      ...(hasDisk ? [orDash(row.diskBytes ?? null)] : []),
    ]),
  );
}

const orDash = (bytes: number | null): string => (bytes === null ? "-" : formatBytes(bytes));

function withLimit(value: number | null, limit: number | null, format: (value: number) => string): string {
  if (value === null) return "-";
  return limit === null ? format(value) : `${format(value)} of ${format(limit)}`;
}
