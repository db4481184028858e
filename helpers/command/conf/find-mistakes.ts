import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfError, ConfErrors } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { confFile } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { type Conf, originOf, type PassThroughLine } from "../../../conf/conf.ts";
import { timerKeys } from "../../../conf/keys/systemd-keys.ts";
import { findRisks } from "../../../conf/find-risks.ts";
import { loadConfText } from "../../../conf/load-conf.ts";
import { verifyLoaded } from "../../../conf/verify-conf.ts";
import { run } from "../../host/process/run.ts";
import { describeUninstalled, findUninstalled } from "../../sandbox/uninstalled.ts";
import { warn } from "../output.ts";

// The sections of the unit. The limits of [Resources] become lines of its [Service].
const manuals = {
  Unit: "systemd.unit(5)",
  Service: "systemd.service(5) and systemd.exec(5)",
  Resources: "systemd.resource-control(5)",
  Install: "systemd.unit(5)",
  Timer: "systemd.timer(5) and systemd.time(7)",
  Snapshots: "systemd.timer(5) and systemd.time(7)",
} as const;

interface Line {
  readonly section: keyof typeof manuals;
  readonly line: PassThroughLine;
}

const linesOf = ({ passThrough, resources }: Conf): readonly Line[] => [
  ...passThrough.Unit.map((line) => ({ section: "Unit", line }) as const),
  ...passThrough.Service.map((line) => ({ section: "Service", line }) as const),
  ...resources.map((line) => ({ section: "Resources", line }) as const),
  ...passThrough.Install.map((line) => ({ section: "Install", line }) as const),
];

const timesOf = ({ timer }: Conf): readonly Line[] => timer.map((line) => ({ section: "Timer", line }));
const snapshotTimesOf = ({ snapshots }: Conf): readonly Line[] =>
  snapshots.filter(({ key }) => timerKeys.has(key)).map((line) => ({ section: "Snapshots", line }));

/**
 * Finds the lines of confs that systemd would only write a warning about, and ignore, when it reads the units: what
 * systemd-analyze(1) says of them. A boot does not look, because this takes longer than the generator.
 */
export async function findIgnored(confs: readonly Conf[]): Promise<ReadonlyMap<Conf, readonly ConfError[]>> {
  const written = confs
    .flatMap((conf, index) => [
      { conf, unit: `sandbox@${index}.service`, lines: linesOf(conf) },
      { conf, unit: `sandbox@${index}.timer`, lines: timesOf(conf) },
      { conf, unit: `sandbox-snapshot@${index}.timer`, lines: snapshotTimesOf(conf) },
    ])
    .filter(({ lines }) => lines.length > 0);
  if (written.length === 0) return new Map();
  const folder = mkdtempSync(join(tmpdir(), "sandboxcontainer-"));
  try {
    const units = written.map((each) => ({ ...each, file: join(folder, each.unit) }));
    for (const { file, lines } of units) writeFile(file, renderUnit(lines), { mode: 0o644 });
    const options = ["--man=no", "--generators=no", "--recursive-errors=no"];
    const words = ["verify", ...options, ...units.map(({ file }) => file)];
    const { stderr } = await run("systemd-analyze", words, { accept: [1] });
    const ignoredIn = (conf: Conf) =>
      units.filter((each) => each.conf === conf).flatMap(({ file, lines }) => parseIgnored(stderr, file, lines));
    return new Map(confs.map((conf) => [conf, ignoredIn(conf)]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Finds everything that is wrong with a new text of a conf, also what systemd would ignore. */
export async function findMistakes(name: SandboxName, text: string): Promise<readonly ConfError[]> {
  const loaded = loadConfText(name, confFile(name), text);
  return [...verifyLoaded(loaded).errors, ...((await findIgnored([loaded.conf])).get(loaded.conf) ?? [])];
}

/** Throws ConfErrors with all of that. */
export async function requireRight(name: SandboxName, text: string): Promise<void> {
  const errors = await findMistakes(name, text);
  if (errors.length > 0) throw new ConfErrors(errors);
}

// Each line of the conf takes two lines, so that the number of a line tells which it is.
const renderUnit = (lines: readonly Line[]): string =>
  lines.map(({ section, line }) => `[${unitSection(section)}]\n${line.key}=${line.value}\n`).join("");

const unitSection = (section: Line["section"]): string =>
  section === "Resources" ? "Service" : section === "Snapshots" ? "Timer" : section;

/** Parses `FILE:LINE: MESSAGE, ignoring: CAUSE`. Of lines that are only discouraged systemd says other things. */
export function parseIgnored(said: string, file: string, lines: readonly Line[]): readonly ConfError[] {
  return said.split("\n").flatMap((text) => {
    const [, number, message] = text.startsWith(`${file}:`)
      ? (/^(\d+): (.*?),? ignor(?:ing|ed)\b/.exec(text.slice(file.length + 1)) ?? [])
      : [];
    const found = lines[Math.ceil(Number(number) / 2) - 1];
    if (message === undefined || found === undefined) return [];
    const { section, line } = found;
    // Of a time systemd does not say here what it read.
    const what = ["Timer", "Snapshots"].includes(section) ? `${line.key}=${line.value.slice(0, 80)}` : "this line";
    return [new ConfError(line, `systemd would ignore ${what}: ${message}`, `See ${manuals[section]}`)];
  });
}

/** Finds settings of confs that name a unit or a program which neither the host nor the sandbox's root has. */
export async function checkInstalled(confs: readonly Conf[]): Promise<ReadonlyMap<Conf, readonly ConfError[]>> {
  const found = new Map<Conf, readonly ConfError[]>();
  for (const conf of confs) {
    const missing = findUninstalled(conf.name, conf.Unit, conf.Exec?.words[0]);
    if (missing.length === 0) continue;
    const { message, hint } = await describeUninstalled(conf.name, missing);
    const [first = ""] = missing;
    const index = conf.Unit.findIndex((unit) => unit === first);
    const key = index === -1 ? "Exec" : "Unit";
    found.set(conf, [new ConfError({ ...originOf(conf, key, Math.max(index, 0)), key }, message, hint)]);
  }
  return found;
}

/** Warns of what a new conf gives up; with `before`, only of what is new since then. `verify` and `show` say all. */
export function warnOfRisks(conf: Conf, before?: Conf): void {
  for (const { text } of findRisks(conf, before)) warn(text);
}
