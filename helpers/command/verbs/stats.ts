import { setTimeout as sleep } from "node:timers/promises";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { readUsage, type Usage } from "../../host/cgroup.ts";
import { findController } from "../../host/find-controller.ts";
import { requireSandboxes } from "../require-sandbox.ts";
import { formatBytes } from "../../sandbox/format-bytes.ts";
import { formatJsonLine, formatTable, print, printJson } from "../output.ts";
import { listNames } from "../sandbox-facts.ts";

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
}

const betweenSamples = 1000;
const betweenPictures = 2000;

export interface StatsOptions {
  readonly json?: boolean;
  readonly follow?: boolean;
}

/**
 * Prints the usage of running sandboxes: the named ones, or all. Takes a second, to measure the processors' share. With
 * `follow` it does so every second, until nobody reads it.
 */
export async function showStats(texts: readonly string[], options: StatsOptions): Promise<void> {
  const names = parseNames(texts);
  if (options.follow === true) return followStats(names, options.json === true);
  const before = takeSamples(names);
  await sleep(betweenSamples);
  const rows = compare(before, takeSamples(names));
  if (options.json === true) printJson(rows);
  else if (rows.length > 0) print(formatRows(rows));
  else if (process.stdout.isTTY) print("No sandbox is running.");
}

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
export async function showTop(texts: readonly string[]): Promise<void> {
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

const formatRows = (rows: readonly Row[]): string =>
  formatTable(
    ["NAME", "CPU%", "CPU TIME", "MEMORY", "TASKS", "READ", "WRITTEN"],
    rows.map((row) => [
      row.name,
      row.cpuPercent?.toFixed(1) ?? "-",
      row.cpuSeconds === null ? "-" : `${row.cpuSeconds.toFixed(2)} s`,
      withLimit(row.memoryBytes, row.memoryMax, formatBytes),
      withLimit(row.tasks, row.tasksMax, String),
      row.readBytes === null ? "-" : formatBytes(row.readBytes),
      row.writtenBytes === null ? "-" : formatBytes(row.writtenBytes),
    ]),
  );

function withLimit(value: number | null, limit: number | null, format: (value: number) => string): string {
  if (value === null) return "-";
  return limit === null ? format(value) : `${format(value)} of ${format(limit)}`;
}
