/** A line of a unit's [Service] section. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

export const formatSetting = ({ key, value }: Setting): string => `${key}=${value}`;

/** The settings of [Service] in what `systemctl cat` prints, without those that a later empty one takes back. */
export function readServiceSettings(text: string, unit: string): readonly Setting[] {
  let settings: Setting[] = [];
  let section = "";
  for (const line of joinLines(text)) {
    section = /^\[(.*)\]$/.exec(line)?.[1] ?? section;
    const match = /^([A-Za-z]+)\s*=\s*(.*)$/.exec(line);
    if (section !== "Service" || match === null) continue;
    const [, key = "", value = ""] = match;
    if (value === "") settings = settings.filter((setting) => setting.key !== key);
    else settings.push({ key, value: expandName(value, unit) });
  }
  return settings;
}

// See systemd.syntax(7): a comment may stand between a line and its continuation.
function joinLines(text: string): readonly string[] {
  const lines = text.split("\n").filter((line) => !/^\s*[#;]/.test(line));
  return lines
    .join("\n")
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.trim());
}

/** The specifiers that stand for the unit's own name, which a unit that tries its settings does not have (systemd.unit(5)). */
function expandName(value: string, unit: string): string {
  const name = unit.replace(/\.[a-z]+$/, "");
  const names: Readonly<Record<string, string>> = { "%n": unit, "%N": name, "%p": name.replace(/@.*/, ""), "%%": "%%" };
  return value.replaceAll(/%[nNp%]/g, (specifier) => names[specifier] ?? specifier);
}
