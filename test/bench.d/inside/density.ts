import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Measure, Row } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { run, say } from "./command.ts";
import { timeCommand } from "./measure.ts";
import { payloadText } from "./parties/party.ts";
import { prefix } from "./places.ts";
import { readShares } from "./pss.ts";

const confs = "/etc/sandboxcontainer";
const nameOf = (index: number | string): string => `${prefix}many${index}`;
const unitOf = (index: number | string): string => `sandbox@${nameOf(index)}.service`;
const partyOf = (count: number): string => `${count} sandboxes`;

/** The results for one number of sandboxes, by measure. */
type Found = Readonly<Record<string, { readonly unit: Measure["unit"]; readonly values: readonly number[] }>>;

/** Measures how the cost of a sandbox grows with their number. All of them have Exec=. */
export function measureDensity(sizes: Sizes): Row {
  const found = sizes.sandboxes.map((count) => ({ count, measures: measureCount(count, Math.min(sizes.rounds, 5)) }));
  const measures = Object.entries(found[0]?.measures ?? {}).map(([name, { unit }]) => ({
    name,
    unit,
    series: found.map((one) => ({ party: partyOf(one.count), values: one.measures[name]?.values ?? [] })),
  }));
  return { name: "density", title: "Many sandboxes at once", measures, absent: {} };
}

function measureCount(count: number, rounds: number): Found {
  say(`density: making ${count} sandboxes`);
  const units = makeSandboxes(count);
  const often = (measure: () => number): readonly number[] => Array.from({ length: rounds }, measure);
  const systemctl = (...args: readonly string[]): number => timeCommand(["systemctl", ...args]);
  say(`density: starting ${count}, one by one`);
  const before = sumShares();
  const serial = units.map((unit) => systemctl("start", unit));
  const memory = (sumShares() - before) / count;
  const more = unitOf("more");
  const start = often(() => {
    run("systemctl", "stop", more);
    run("systemctl", "reset-failed");
    return systemctl("start", more);
  });
  run("systemctl", "stop", more);
  const create = often(() => {
    const took = timeCommand(["sandboxcontainer", "create", nameOf("new"), "--", "/usr/bin/sleep", "infinity"]);
    run("sandboxcontainer", "delete", "--force", nameOf("new"));
    return took;
  });
  const list = often(() => timeCommand(["sandboxcontainer", "list"]));
  const reload = often(() => systemctl("daemon-reload"));
  say(`density: stopping ${count}, and starting them all at once`);
  const stopAll = systemctl("stop", ...units) / count;
  const startAll = systemctl("start", ...units) / count;
  checkRunning(count);
  run("systemctl", "stop", ...units);
  return {
    "start of one more": { unit: "ms", values: start },
    "start, one by one: each": { unit: "ms", values: serial },
    "start, all at once: each": { unit: "ms", values: [startAll] },
    "stop, all at once: each": { unit: "ms", values: [stopAll] },
    "memory with the payload: each": { unit: "MB", values: [memory] },
    "create of one more": { unit: "ms", values: create },
    list: { unit: "ms", values: list },
    "daemon-reload": { unit: "ms", values: reload },
  };
}

/** Writes the confs, makes the roots, and returns the units. */
function makeSandboxes(count: number): readonly string[] {
  mkdirSync(confs, { recursive: true });
  const all = [...Array.from({ length: count }, (_, index) => index), "more"];
  for (const index of all) writeFileSync(join(confs, `${nameOf(index)}.conf`), `[Sandbox]\nExec=${payloadText}\n`);
  run("systemctl", "daemon-reload");
  // One after another, because each runs Node.
  const roots = all.map((index) => `sandbox-root@${nameOf(index)}.service`);
  for (let begin = 0; begin < roots.length; begin += 8) run("systemctl", "start", ...roots.slice(begin, begin + 8));
  return all.slice(0, -1).map(unitOf);
}

function checkRunning(count: number): void {
  const pattern = unitOf("*");
  const list = run("systemctl", "list-units", "--plain", "--no-legend", "--state=running", pattern);
  const running = list.split("\n").filter(Boolean).length;
  if (running !== count) throw new Error(`only ${running} of ${count} sandboxes are running`);
}

const sumShares = (): number => [...readShares().values()].reduce((all, one) => all + one, 0);
