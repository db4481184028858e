import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Measure, Row } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { say } from "./command.ts";
import { takeTurns, timeCommand } from "./measure.ts";
import { prefix } from "./places.ts";

const confs = "/etc/sandboxcontainer";
/** A generator that is a link to /dev/null here does not run (systemd.generator(7)). */
const mask = "/run/systemd/system-generators/sandboxcontainer-generator";

/** Measures a whole daemon-reload with our generator and without it. */
export function measureReload(sizes: Sizes): Row {
  const measures = sizes.reloaded.flatMap((count) => measureCount(count, sizes.rounds));
  return { name: "reload", title: "systemctl daemon-reload, by number of confs", measures, absent: {} };
}

function measureCount(count: number, rounds: number): readonly Measure[] {
  say(`reload: ${count} confs`);
  mkdirSync(confs, { recursive: true });
  for (let index = 0; index < count; index += 1) writeFileSync(join(confs, `${prefix}r${index}.conf`), render(index));
  const series = takeTurns(rounds, [
    { party: "with our generator", before: () => void turnOn(), measure: reload },
    { party: "without", before: () => void turnOff(), measure: reload },
  ]);
  turnOn();
  const [own, others] = series.map(({ values }) => values);
  const added = own?.map((value, round) => value - (others?.[round] ?? NaN)) ?? [];
  return [
    { name: `${count}: time`, unit: "ms", series },
    { name: `${count}: added`, unit: "ms", series: [{ party: "sandboxcontainer", values: added }] },
  ];
}

const render = (index: number): string =>
  `[Sandbox]\nExec=/usr/bin/sleep infinity\n\n[Network]\nPublish=${10000 + index}:80\n\n[Install]\nWantedBy=multi-user.target\n`;

const reload = (): number => timeCommand(["systemctl", "daemon-reload"]);

// systemd also loads the units that it had before, so both reload once.
function turnOn(): number {
  unmask();
  return reload();
}

function turnOff(): number {
  unmask();
  mkdirSync(dirname(mask), { recursive: true });
  symlinkSync("/dev/null", mask);
  return reload();
}

/** Makes our generator run again. */
export const unmask = (): void => {
  rmSync(mask, { force: true });
};
