import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Measure, Row } from "../results.ts";
import type { Sizes } from "../sizes.ts";
import { say } from "./command.ts";
import { findPeakMemory, takeTurns, timeCommand, type Turn } from "./measure.ts";
import { memory, work } from "./places.ts";

interface Generator {
  readonly party: string;
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  /** The folder of its confs. */
  readonly folder: string;
  readonly suffix: string;
  render(index: number): string;
}

const folder = join(work, "generator");
const output = join(memory, "generator");
const install = "[Install]\nWantedBy=multi-user.target\n";

const generators: readonly Generator[] = [
  {
    party: "sandboxcontainer",
    program: "/usr/lib/systemd/system-generators/sandboxcontainer-generator",
    env: { SANDBOXCONTAINER_ROOT: join(folder, "root") },
    folder: join(folder, "root/etc/sandboxcontainer"),
    suffix: ".conf",
    render: (index) =>
      `[Sandbox]\nExec=/usr/bin/sleep infinity\n\n[Network]\nPublish=${10000 + index}:80\n\n${install}`,
  },
  {
    party: "Quadlet",
    program: "/usr/lib/systemd/system-generators/podman-system-generator",
    env: { QUADLET_UNIT_DIRS: join(folder, "quadlet") },
    folder: join(folder, "quadlet"),
    suffix: ".container",
    render: (index) =>
      `[Container]\nImage=localhost/image\nExec=/usr/bin/sleep infinity\nPublishPort=${10000 + index}:80\n\n${install}`,
  },
];

/** Measures what a boot and each daemon-reload cost. */
export function measureGenerator(sizes: Sizes): Row {
  const measures = sizes.confs.flatMap((count) => measureCount(count, Math.min(sizes.rounds, count > 1000 ? 5 : 99)));
  return { name: "generator", title: "Generator, by number of confs", measures, absent: {} };
}

function measureCount(count: number, rounds: number): readonly Measure[] {
  say(`generator: ${count} confs`);
  generators.forEach((generator) => {
    writeConfs(generator, count);
  });
  const turnsOf = (measure: (command: readonly string[], env: NodeJS.ProcessEnv) => number): readonly Turn[] =>
    generators.map(({ party, program, env }) => ({
      party,
      before: emptyOutput,
      measure: () => {
        const value = measure([program, ...outputs], { PATH: "/usr/sbin:/usr/bin", ...env });
        checkOutput(party, count);
        return value;
      },
    }));
  const name = count === 0 ? "none" : String(count);
  return [
    { name: `${name}: time`, unit: "ms", series: takeTurns(rounds, turnsOf(timeCommand)) },
    { name: `${name}: peak memory`, unit: "MB", series: takeTurns(Math.min(rounds, 3), turnsOf(findPeakMemory)) },
  ];
}

function writeConfs(generator: Generator, count: number): void {
  rmSync(generator.folder, { recursive: true, force: true });
  mkdirSync(generator.folder, { recursive: true });
  for (let index = 0; index < count; index += 1) {
    writeFileSync(join(generator.folder, `w${index}${generator.suffix}`), generator.render(index));
  }
}

const outputs = ["normal", "early", "late"].map((name) => join(output, name));

function emptyOutput(): void {
  rmSync(output, { recursive: true, force: true });
  outputs.forEach((path) => {
    mkdirSync(path, { recursive: true });
  });
}

// Checks the output, because a generator that gives up is fast.
function checkOutput(party: string, count: number): void {
  const [normal = ""] = outputs;
  const wanted = count === 0 ? 0 : readdirSync(join(normal, "multi-user.target.wants")).length;
  if (wanted !== count) throw new Error(`the generator of ${party} made only ${wanted} of ${count} units`);
}
