import type { ShippedServices } from "./read-package.ts";

/** The unit of a package to try, or why the package is not in the population. */
export type Choice = { readonly unit: string } | { readonly leftOut: string };

/** The words of the assignments of a unit, by key. */
type UnitWords = ReadonlyMap<string, readonly string[]>;

interface Rule {
  readonly leftOut: string;
  readonly matches: (words: UnitWords) => boolean;
}

/** True if one of the keys has a word that matches. */
const has =
  (keys: string, pattern: RegExp) =>
  (words: UnitWords): boolean =>
    keys.split(" ").some((key) => words.get(key)?.some((word) => pattern.test(word)) === true);

const installKeys = "WantedBy RequiredBy UpheldBy";
const orderKeys = `${installKeys} Before After Requires Requisite BindsTo PartOf Wants`;
const bootTargets =
  /^(?:sysinit|basic|local-fs|local-fs-pre|remote-fs|remote-fs-pre|swap|cryptsetup|shutdown|reboot|poweroff|halt|sleep|suspend|hibernate|getty|rescue|emergency|initrd.*|network-pre|time-set|final|umount)\.target$/;

/** A device of the machine, in a command. Every place has those that are left out here (systemd.exec(5), PrivateDevices=). */
const device =
  /(?<![\w/])\/dev\/(?!(?:null|zero|full|u?random|tty(?!\$)|ptmx|std(?:in|out|err)|console)\b|(?:fd|pts|shm|mqueue|log|tcp|udp)\b)\w/;

// What a unit says of itself when it is no service that a sandbox could be for. No rule knows a package or a unit of one.
const rules: readonly Rule[] = [
  { leftOut: "runs once, and stays no service", matches: has("Type", /^oneshot$/) },
  { leftOut: "boot", matches: has("DefaultDependencies", /^(?:no|false|0|off)$/i) },
  { leftOut: "boot", matches: has(`${installKeys} Before`, bootTargets) },
  { leftOut: "desktop", matches: has(orderKeys, /^(?:graphical\.target|display-manager\.service)$/) },
  { leftOut: "desktop", matches: has("Alias", /^display-manager\.service$/) },
  { leftOut: "login", matches: has("PAMName TTYPath", /./) },
  { leftOut: "login", matches: has("Conflicts Alias", /^(?:auto)?(?:getty|vt)@/) },
  {
    leftOut: "hardware",
    matches: has(orderKeys, /\.device$|^systemd-udev|^(?:bluetooth|printer|sound|smartcard)\.target$/),
  },
  { leftOut: "hardware", matches: has("ExecStart ExecStartPre", device) },
  { leftOut: "hardware", matches: has("DeviceAllow", /^(?:\/dev|char-|block-)/) },
  {
    leftOut: "hardware",
    matches: has(
      "ConditionPathExists ConditionPathExistsGlob ConditionPathIsDirectory ConditionDirectoryNotEmpty ConditionPathIsReadWrite",
      /^\|?\/(?:dev|sys|proc)\//,
    ),
  },
  {
    leftOut: "hardware",
    matches: has("ConditionVirtualization ConditionFirmware ConditionACPower ConditionCPUFeature", /./),
  },
  {
    leftOut: "kernel",
    matches: has("ConditionKernelCommandLine ConditionKernelModuleLoaded ConditionSecurity", /^[^!]/),
  },
  { leftOut: "kernel", matches: has("ExecStart ExecStartPre ExecCondition", /(?:^|\/)(?:modprobe|insmod|sysctl)$/) },
  {
    leftOut: "kernel",
    matches: has(
      "CapabilityBoundingSet AmbientCapabilities",
      /^CAP_(?:SYS_MODULE|SYS_RAWIO|SYS_BOOT|SYS_TIME|BPF|PERFMON|MAC_ADMIN|AUDIT_\w+)$/,
    ),
  },
];

/**
 * Chooses the unit that a host starts for a package: a service, else a socket, else a script. One that has the name of
 * the package comes first.
 */
export function chooseUnit(name: string, { units, scripts }: ShippedServices): Choice {
  const parsed = [...units].map(([unit, text]) => ({ unit, words: parseUnit(text) }));
  const started = parsed.filter(({ unit, words }) => !unit.includes("@.") && has(installKeys, /./)(words));
  const order = [`${name}.service`, `${name.replace(/-(?:server|daemon|common|bin)$/, "")}.service`];
  const rank = (unit: string): number =>
    order.includes(unit) ? order.indexOf(unit) : unit.endsWith(".service") ? order.length : order.length + 1;
  const sorted = started.sort((one, other) => rank(one.unit) - rank(other.unit) || (one.unit < other.unit ? -1 : 1));
  let leftOut: string | undefined;
  for (const { unit, words } of sorted) {
    const rule = rules.find(({ matches }) => matches(words));
    if (rule === undefined) return { unit };
    leftOut ??= rule.leftOut;
  }
  return leftOut !== undefined ? { leftOut } : chooseScript(units, scripts);
}

// A script counts only in a package without a unit for it. Its head is described in lsb_release's INIT INFO.
function chooseScript(units: ReadonlyMap<string, string>, scripts: ReadonlyMap<string, string>): Choice {
  const own = [...scripts].filter(([script]) => !units.has(`${script}.service`));
  const isStarted = (text: string): boolean => /^# Default-Start:.*\b[2345]\b/m.test(text);
  const [first] = units.size > 0 ? [] : own.filter(([, text]) => isStarted(text));
  if (first !== undefined && device.test(first[1].replace(/^\s*#.*$/gm, ""))) return { leftOut: "hardware" };
  if (first !== undefined) return { unit: `${first[0]}.service` };
  return { leftOut: units.size + own.length > 0 ? "nothing starts it at boot" : "no service" };
}

/** Parses a unit as systemd.syntax(7) describes. An empty value resets a key, as for the lists of systemd. */
function parseUnit(text: string): UnitWords {
  const words = new Map<string, readonly string[]>();
  for (const line of text.replace(/\\\n/g, " ").split("\n")) {
    const [, key, value = ""] = /^\s*([A-Za-z]+)\s*=\s*(.*)$/.exec(line) ?? [];
    if (key === undefined) continue;
    const added = value.split(/\s+/).filter((word) => word !== "");
    words.set(key, added.length === 0 ? [] : [...(words.get(key) ?? []), ...added]);
  }
  return words;
}
