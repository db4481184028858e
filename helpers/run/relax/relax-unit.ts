import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { writeFile } from "../../../base/files.ts";
import {
  type Cleared,
  formatSetting,
  isClearable,
  isContext,
  neutralValues,
  readServiceSettings,
  renderCleared,
  type Setting,
} from "./service-settings.ts";

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

const directory = "/run/systemd/system";
// The executor's own statuses (systemd.exec(5), PROCESS EXIT CODES), except 203: it means that there is nothing to
// execute, which no setting causes.
const isSetupFailure = (status: number): boolean => status >= 200 && status <= 245 && status !== 203;

export function systemctl(...args: readonly string[]): string {
  return spawnSync("systemctl", args, { encoding: "utf8", env: { ...process.env, SYSTEMD_COLORS: "0" } }).stdout;
}

/**
 * Tries settings beside a unit. If the unit is an instance, the trials are instances of the same name, so that `%i`
 * means the same. All run at once, because each is cheap.
 */
export function tryBeside(unit: string): Try {
  const instance = /@(.*)\.service$/.exec(unit)?.[1];
  const nameOf = (index: number): string =>
    `sandboxcontainer-try-${index}${instance === undefined ? "" : `@${instance}`}.service`;
  return (units) => {
    const names = units.map((_, index) => nameOf(index));
    units.forEach((lines, index) => {
      writeFile(`${directory}/${nameOf(index)}`, renderTry(lines), { mode: 0o644 });
    });
    systemctl("daemon-reload");
    systemctl("start", "--", ...names);
    const statuses = systemctl("show", "--property=ExecMainStatus", "--", ...names).match(/\d+/g) ?? [];
    systemctl("stop", "--", ...names);
    systemctl("reset-failed", "--", ...names);
    for (const name of names) rmSync(`${directory}/${name}`);
    return units.map((_, index) => !isSetupFailure(Number(statuses[index] ?? 0)));
  };
}

const renderTry = (lines: readonly string[]): string =>
  `[Unit]
DefaultDependencies=no

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/true
${lines.join("\n")}
`;
