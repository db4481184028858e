import { ConfError } from "../base/errors.ts";
import type { SandboxName } from "../base/sandbox-name.ts";
import { checkConf } from "./check-conf.ts";
import { checkSnapshots } from "./check-snapshots.ts";
import type { Conf, PassThroughLine, Written } from "./conf.ts";
import { type ConfSection } from "./keys/known-keys.ts";
import { snapshotKeys } from "./keys/snapshot-keys.ts";
import { isTimeKey, resourceKeys, timerKeys } from "./keys/systemd-keys.ts";
import { type Fail, mergeLines, withoutSection } from "./merge-lines.ts";
import type { ConfLine, ParsedConf } from "./parse-conf.ts";
import { isSettingName, type SettingName, settingNames, settings, type Values } from "./settings.ts";
import { ValueError } from "./values/values.ts";

/** The readable part of a conf, and everything that is wrong with it. */
export interface MergedConf {
  readonly conf: Conf;
  readonly errors: readonly ConfError[];
}

interface Collected {
  readonly values: unknown[];
  readonly origins: Written[];
}

/** Merges the files of one sandbox, lowest precedence first. `defaults` has the paths of the host-wide defaults. */
export function mergeConf(
  name: SandboxName,
  path: string,
  files: readonly ParsedConf[],
  defaults: ReadonlySet<string>,
): MergedConf {
  const errors = files.flatMap((file) => file.errors);
  const lines = files.flatMap((file) => file.lines);
  const collected = new Map<SettingName, Collected>();
  const fail = (line: ConfLine, message: string, hint?: string): void => {
    errors.push(new ConfError(line, message, hint));
  };
  for (const line of lines) {
    if (!isSettingName(line.key) || settings[line.key].section !== line.section) continue;
    if (defaults.has(line.path) && settings[line.key].own) {
      fail(line, `${line.key}= cannot be a default for all sandboxes`, "Set it in the conf of each sandbox");
    } else {
      collect(collected, line.key, line, fail);
    }
  }
  const sections = Map.groupBy(lines, ({ section }) => section);
  const of = (section: ConfSection): readonly ConfLine[] => sections.get(section) ?? [];
  const linesOf = (section: ConfSection): readonly PassThroughLine[] => of(section).map(withoutSection);
  const conf: Conf = {
    name,
    path,
    files: files.map((file) => file.path),
    ...valuesOf(collected),
    origins: Object.fromEntries([...collected].map(([key, { origins }]) => [key, origins])),
    resources: mergeLines(of("Resources"), resourceKeys, fail),
    timer: mergeTimes(of("Timer"), defaults, fail),
    snapshots: mergeLines(of("Snapshots"), snapshotKeys, fail),
    passThrough: { Unit: linesOf("Unit"), Service: linesOf("Service"), Install: linesOf("Install") },
  };
  const ofSnapshots = of("Snapshots").filter((line) => !defaults.has(line.path));
  const found = [...checkConf(conf, errors), ...checkSnapshots(conf, ofSnapshots, errors)];
  return { conf, errors: sortErrors([...errors, ...found], conf.files) };
}

function collect(collected: Map<SettingName, Collected>, key: SettingName, line: ConfLine, fail: Fail): void {
  // As in a unit file, an empty value resets the setting.
  if (line.value === "") {
    collected.delete(key);
    return;
  }
  const { repeats, parse } = settings[key];
  const before = collected.get(key) ?? { values: [], origins: [] };
  const origin: Written = { path: line.path, line: line.line, value: line.value };
  const earlier = before.origins.find(({ path }) => path === line.path);
  if (!repeats && earlier !== undefined) {
    fail(line, `${key}= is set twice, first in line ${earlier.line}`, "Keep one of them");
    return;
  }
  try {
    const value: unknown = parse(line.value);
    collected.set(key, repeats ? append(before, value, origin) : { values: [value], origins: [origin] });
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    fail(line, `${key}=${shorten(line.value)}: ${error.message}`);
  }
}

function append({ values, origins }: Collected, value: unknown, origin: Written): Collected {
  values.push(value);
  origins.push(origin);
  return { values, origins };
}

const unset = Object.fromEntries(settingNames.map((key) => [key, settings[key].default as unknown]));

// The only cast from the values that the parsers collected to the types of the settings table.
function valuesOf(collected: ReadonlyMap<SettingName, Collected>): Values {
  const set = [...collected].map(([key, { values }]) => [key, settings[key].repeats ? values : values[0]]);
  return { ...unset, ...Object.fromEntries(set) } as Values;
}

// As defaults they would make a job of every sandbox.
function mergeTimes(lines: readonly ConfLine[], defaults: ReadonlySet<string>, fail: Fail): readonly PassThroughLine[] {
  const own = lines.filter((line) => !defaults.has(line.path));
  for (const line of lines)
    if (!own.includes(line))
      fail(line, `${line.key}= cannot be a default for all sandboxes`, "Set it in the conf of each job");
  return mergeLines(own, timerKeys, fail, isTimeKey);
}

function sortErrors(errors: readonly ConfError[], files: readonly string[]): readonly ConfError[] {
  const place = ({ path }: ConfError): number => files.indexOf(path);
  // What is said about a whole file may follow from what is wrong in a line.
  const lineOf = ({ line = Infinity }: ConfError): number => line;
  return errors.toSorted((one, other) => place(one) - place(other) || compare(lineOf(one), lineOf(other)));
}

const compare = (one: number, other: number): number => (one === other ? 0 : one < other ? -1 : 1);

const shorten = (value: string): string => (value.length > 80 ? `${value.slice(0, 77)}…` : value);
