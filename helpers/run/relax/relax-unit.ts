import { existsSync, mkdirSync } from "node:fs";
import { writeFile } from "../../host/write-file.ts";
import { isClearable, isContext, neutralValues } from "./clearable.ts";
import { type Cleared, renderCleared } from "./cleared.ts";
import { formatSetting, readServiceSettings, type Setting } from "./service-settings.ts";

/**
 * Starts units without content, with the given lines in [Service]. Returns for each whether systemd could set it up.
 */
export type Try = (units: readonly (readonly string[])[]) => readonly boolean[];

/**
 * Finds the settings of a unit that cannot work here, trying each alone with the unit's user, and turns them off in a
 * drop-in below `etc`. Returns them; empty if this was done earlier, or if the settings are not the cause.
 */
export function relaxUnit(unit: string, text: string, attempt: Try, etc: string): readonly Setting[] {
  const directory = `${etc}/systemd/system/${unit}.d`;
  // The name sorts last, because a failing setting may be in a drop-in.
  const file = `${directory}/zz-sandboxcontainer-cleared.conf`;
  if (existsSync(file)) return [];
  const settings = readServiceSettings(text, unit);
  const cleared = findCleared(settings, attempt);
  if (cleared.length === 0) return [];
  mkdirSync(directory, { recursive: true });
  writeFile(file, renderCleared(unit, cleared, settings), { mode: 0o644 });
  return cleared.map(({ setting }) => setting);
}

export function findCleared(settings: readonly Setting[], attempt: Try): readonly Cleared[] {
  const context = settings.filter(isContext).map(formatSetting);
  const candidates = settings.filter(isClearable);
  const [isSound, ...work] = attempt([context, ...candidates.map((each) => [...context, formatSetting(each)])]);
  const failing = isSound === true ? candidates.filter((_, index) => work[index] === false) : [];
  if (failing.length === 0) return [];
  const ways = failing.flatMap((setting) => neutralValues.map((neutral) => ({ setting, neutral })));
  const good = attempt(
    ways.map(({ setting, neutral }) => [...context, formatSetting(setting), `${setting.key}=${neutral}`]),
  );
  return failing.flatMap((setting) => ways.find((way, index) => way.setting === setting && good[index] === true) ?? []);
}
