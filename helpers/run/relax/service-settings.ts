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

/*
 * Settings of systemd.exec(5) that take something away from a service, or ask the kernel for a favour: a service does
 * the same without them. Settings that say who the service is and what it works with are not among them: User=,
 * StateDirectory=, Environment= and the like.
 */
const clearable = new RegExp(
  `^(${[
    "(Protect|Private|Restrict|SystemCall|CPUScheduling|IOScheduling|NUMA|Limit)[A-Za-z]+",
    "(ReadWrite|ReadOnly|Inaccessible|Exec|NoExec|Bind|BindReadOnly)Paths",
    "(ReadWrite|ReadOnly|Inaccessible)Directories",
    "TemporaryFileSystem|MountFlags|MountAPIVFS|ProcSubset|(Network|IPC)NamespacePath|LogNamespace",
    "CapabilityBoundingSet|AmbientCapabilities|SecureBits|NoNewPrivileges|KeyringMode",
    "(Load|Set|Import)Credential(Encrypted)?",
    "Nice|OOMScoreAdjust|CPUAffinity|CoredumpFilter|TimerSlackNSec|MemoryKSM|Personality",
    "LockPersonality|MemoryDenyWriteExecute|RemoveIPC|Device(Policy|Allow)",
    "SELinuxContext|AppArmorProfile|SmackProcessLabel",
  ].join("|")})$`,
);

export const isClearable = ({ key }: Setting): boolean => clearable.test(key);

/** Settings that other settings of the unit depend on when they are tried. */
export const isContext = ({ key }: Setting): boolean => /^(User|Group|SupplementaryGroups|DynamicUser)$/.test(key);

/**
 * Values that turn a setting off, the clearest first: an empty value where that resets it, else the kernel's or
 * systemd's default.
 */
export const neutralValues = ["", "no", "default", "inherit", "other", "all"] as const;

/** A setting that cannot work, and the value that turns it off. */
export interface Cleared {
  readonly setting: Setting;
  readonly neutral: string;
}

/**
 * Renders the drop-in that turns settings off and keeps all others. An empty value resets every line of its key, so the
 * lines that work are repeated. inside/ready reads the `# was:` lines back for the host.
 */
export function renderCleared(unit: string, cleared: readonly Cleared[], all: readonly Setting[]): string {
  const gone = cleared.map(({ setting }) => setting);
  const neutrals = new Map(cleared.map(({ setting, neutral }) => [setting.key, neutral]));
  const lines = [...neutrals].flatMap(([key, neutral]) => [
    `${key}=${neutral}`,
    ...(neutral === "" ? all.filter((each) => each.key === key && !gone.includes(each)).map(formatSetting) : []),
  ]);
  return [
    `# Settings of ${unit} that cannot work in this sandbox, found by trying each alone. Remove this file to have them tried again.`,
    ...gone.map((setting) => `# was: ${formatSetting(setting)}`),
    "[Service]",
    ...lines,
    "",
  ].join("\n");
}
