import { confFile } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Written } from "../../../conf/conf.ts";
import { listClaims } from "../../../conf/find-conflicts.ts";
import { type ConfTexts, loadConfTexts } from "../../../conf/load-conf.ts";
import { dependentsOf, type SettingName, settingNames, settings } from "../../../conf/settings.ts";
import type { SettingLine } from "../create/request.ts";
import { readValues, writeSetting, writeSettings } from "./edit-conf-text.ts";

/** Texts of a conf, and the lines that were taken out of them, as `KEY=VALUE`. */
export interface Reduced extends ConfTexts {
  readonly leftOut: readonly string[];
}

/** The conf of another sandbox as one for `name`: without what only one sandbox can have, and with lines of its own. */
export function forAnother(name: SandboxName, texts: ConfTexts, own: readonly SettingLine[]): Reduced {
  const without = leaveOut({ ...texts, leftOut: [] }, (current) => listOwned(name, current));
  return withoutDependents(name, { ...without, text: writeSettings(without.text, own) });
}

/** The same conf with these lines instead of its own ones. What only its former values made sense of goes with them. */
export function withOwn(name: SandboxName, texts: ConfTexts, own: readonly SettingLine[]): Reduced {
  const given = {
    text: writeSettings(texts.text, own),
    dropIns: mapTexts(texts.dropIns, (text) =>
      own.reduce((current, line) => writeSetting(current, line.key, []), text),
    ),
    leftOut: [],
  };
  return given.text === texts.text ? given : withoutDependents(name, given);
}

const uniqueKeys = settingNames.filter((key) => settings[key].unique !== undefined);
const dependentKeys = [...new Set(uniqueKeys.flatMap(dependentsOf))];

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
    const values = readValues(text, settings[key].section, key);
    const others = values.filter((each) => each !== value);
    return others.length < values.length ? writeSetting(text, key, others) : text;
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
