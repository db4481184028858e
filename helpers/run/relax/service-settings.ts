/** A line of a unit's [Service] section. */
export interface Setting {
  readonly key: string;
  readonly value: string;
}

export const formatSetting = ({ key, value }: Setting): string => `${key}=${value}`;

/** Reads the settings of [Service] from the output of `systemctl cat`, without those that a later empty one resets. */
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

// A comment may stand between a line and its continuation (systemd.syntax(7)).
function joinLines(text: string): readonly string[] {
  const lines = text.split("\n").filter((line) => !/^\s*[#;]/.test(line));
  return lines
    .join("\n")
    .replaceAll(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.trim());
}

/**
 * Expands the specifiers for the unit's own name, because a unit that tries its settings has another name
 * (systemd.unit(5)).
 */
function expandName(value: string, unit: string): string {
  const name = unit.replace(/\.[a-z]+$/, "");
  const names: Readonly<Record<string, string>> = { "%n": unit, "%N": name, "%p": name.replace(/@.*/, ""), "%%": "%%" };
  return value.replaceAll(/%[nNp%]/g, (specifier) => names[specifier] ?? specifier);
}
