import { listClaims } from "../../../generator/conf/claims.ts";
import type { Written } from "../../../generator/conf/conf.ts";
import { type ConfTexts, loadConfTexts } from "../../../generator/conf/load-conf.ts";
import { confFile } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { isSettingName, type SettingName, settingNames, settings } from "../../../generator/conf/settings.ts";
import { ValueError } from "../../../generator/conf/values/value-error.ts";
import { readValues, writeValues } from "./edit-conf-text.ts";
import { refuseContinued } from "./parse-assignment.ts";

/** Values that replace those of the original, as options give them. */
export interface OwnValues {
  readonly publish: readonly string[];
  readonly listen: readonly string[];
  readonly address: readonly string[];
}

/** Texts of a conf, and the lines that were taken out of them, as `KEY=VALUE`. */
export interface Reduced extends ConfTexts {
  readonly leftOut: readonly string[];
}

const optionKeys = { publish: "Publish", listen: "Listen", address: "Address" } as const;

/** The values of the options by their keys, without options that were not given. Throws a SandboxError. */
export function readOwnValues(own: OwnValues): readonly (readonly [key: SettingName, values: readonly string[]])[] {
  return (Object.keys(optionKeys) as (keyof OwnValues)[]).flatMap((option) => {
    for (const value of own[option]) requireValue(option, value);
    return own[option].length === 0 ? [] : [[optionKeys[option], own[option]] as const];
  });
}

function requireValue(option: keyof OwnValues, value: string): void {
  const written = `--${option}=${value}`;
  refuseContinued(written, value);
  try {
    settings[optionKeys[option]].parse(value);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new SandboxError(`${written}: ${error.message}`, { status: 2, cause: error });
  }
}

/** The conf of another sandbox as one for `name`: without what only one sandbox can have, and with values of its own. */
export function forAnother(name: SandboxName, texts: ConfTexts, own: OwnValues): Reduced {
  const without = leaveOut({ ...texts, leftOut: [] }, (current) => listOwned(name, current));
  const given = readOwnValues(own).reduce<Reduced>(
    (current, [key, values]) => ({ ...current, text: writeValues(current.text, settings[key].section, key, values) }),
    without,
  );
  return withoutDependents(name, given);
}

/** The same conf with these values instead of its own ones. What only its former values made sense of goes with them. */
export function withOwn(name: SandboxName, texts: ConfTexts, own: OwnValues): Reduced {
  const given = readOwnValues(own).reduce<Reduced>(
    (current, [key, values]) => ({
      ...current,
      text: writeValues(current.text, settings[key].section, key, values),
      dropIns: mapTexts(current.dropIns, (text) => writeValues(text, settings[key].section, key, [])),
    }),
    { ...texts, leftOut: [] },
  );
  return given.text === texts.text ? given : withoutDependents(name, given);
}

/** The settings that depend on one that only one sandbox can have. */
const dependentKeys = settingNames.filter(dependsOnUnique);

function dependsOnUnique(key: string): boolean {
  if (!isSettingName(key)) return false;
  return settings[key].dependsOn.some(
    (other) => (isSettingName(other) && settings[other].unique !== undefined) || dependsOnUnique(other),
  );
}

/** Whether a value is left out is what the checks of confs say about it: a gateway may fit a new address. */
const withoutDependents = (name: SandboxName, texts: Reduced): Reduced =>
  leaveOut(texts, (current) => {
    const { conf, errors } = load(name, current);
    return dependentKeys.flatMap((key) =>
      (conf.origins[key] ?? [])
        .filter(({ path, line }) => errors.some((error) => error.path === path && error.line === line))
        .map((written) => ({ key, written })),
    );
  });

interface Line {
  readonly key: SettingName;
  readonly written: Written;
}

const load = (name: SandboxName, texts: ConfTexts) => loadConfTexts(name, confFile(name), texts);

function listOwned(name: SandboxName, texts: ConfTexts): readonly Line[] {
  const { conf } = load(name, texts);
  return listClaims(conf).flatMap(({ key, index }) => {
    const written = conf.origins[key]?.[index];
    return written === undefined ? [] : [{ key, written }];
  });
}

/** Takes lines out until `find` finds no more of them: a line in a drop-in may have hidden one of the conf. */
function leaveOut(texts: Reduced, find: (texts: Reduced) => readonly Line[]): Reduced {
  for (let current = texts; ;) {
    const next = find(current).reduce(removeLine, current);
    if (next.leftOut.length === current.leftOut.length) return current;
    current = next;
  }
}

/** A line of the host's defaults stays, because it is in none of the texts. */
function removeLine(texts: Reduced, { key, written: { value, path } }: Line): Reduced {
  const remove = (text: string): string => {
    const { section } = settings[key];
    const values = readValues(text, section, key);
    return values.includes(value)
      ? writeValues(
          text,
          section,
          key,
          values.filter((each) => each !== value),
        )
      : text;
  };
  const next = path.includes(".conf.d/")
    ? { ...texts, dropIns: mapTexts(texts.dropIns, (text, file) => (path.endsWith(`/${file}`) ? remove(text) : text)) }
    : { ...texts, text: remove(texts.text) };
  const isChanged =
    next.text !== texts.text || [...next.dropIns].some(([file, text]) => texts.dropIns.get(file) !== text);
  return isChanged ? { ...next, leftOut: [...texts.leftOut, `${key}=${value}`] } : texts;
}

const mapTexts = (
  texts: ReadonlyMap<string, string>,
  change: (text: string, file: string) => string,
): ReadonlyMap<string, string> => new Map([...texts].map(([file, text]) => [file, change(text, file)]));
