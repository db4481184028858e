import type { Conf, PassThroughLine, Written } from "../../../conf/conf.ts";
import { hideSecret } from "../../../conf/credentials.ts";
import { type ConfSection, effectOf, sectionFacts } from "../../../conf/keys/known-keys.ts";
import { snapshotKeys } from "../../../conf/keys/snapshot-keys.ts";
import { resourceKeys, timerKeys } from "../../../conf/keys/systemd-keys.ts";
import { settingNames, settings } from "../../../conf/settings.ts";
import { defaultKeep } from "../../../conf/values/keep.ts";
import { repeats } from "./assignments.ts";

/** A setting that a conf may have. The keys are those of the JSON. */
export interface ListedSetting {
  readonly section: ConfSection;
  readonly key: string;
  /** One line; null for systemd's own keys. */
  readonly help: string | null;
  readonly repeats: boolean;
  readonly default: string | null;
  /** Whether it makes sense for one sandbox only, not as a default of the host. */
  readonly own: boolean;
  readonly effect: "now" | "restart";
  /** The manual page that explains it. */
  readonly manual: string;
  /** What is in effect; empty without a conf. */
  readonly values: readonly Pick<EffectiveLine, "value" | "origin">[];
}

const passedOn = ["Unit", "Service", "Install"] as const;

/** Lists all settings, limits and keys of [Timer] and [Snapshots]. With a conf they have its values, and the lines follow that it passes on to systemd. */
export function listSettings(conf?: Conf): readonly ListedSetting[] {
  const lines = conf === undefined ? [] : listEffective(conf);
  const describe = (section: ConfSection, key: string): ListedSetting => ({
    ...{ section, key, help: null, default: null, own: false },
    repeats: repeats({ section, key }),
    manual: sectionFacts[section].manual,
    effect: effectOf(section, key),
    values: lines
      .filter((line) => line.section === section && line.key === key)
      .map(({ value, origin }) => ({ value, origin })),
  });
  return [
    ...settingNames.map((key) => {
      const { section, help, own, default: fallback } = settings[key];
      return { ...describe(section, key), help, own, default: describeDefault(fallback) ?? null };
    }),
    ...[...resourceKeys.keys()].map((key) => describe("Resources", key)),
    ...[...timerKeys.keys()].map((key) => ({ ...describe("Timer", key), own: true })),
    ...[...snapshotKeys.keys()].map((key) => ({ ...describe("Snapshots", key), ...snapshotFacts[key] })),
    ...passedOn.flatMap((section) => {
      const keys = new Set(lines.filter((line) => line.section === section).map(({ key }) => key));
      return [...keys].map((key) => describe(section, key));
    }),
  ];
}

const snapshotFacts: Readonly<Record<string, { readonly help?: string; readonly default?: string }>> = {
  OnCalendar: { help: "A time at which a snapshot is made, as in systemd.time(7); may repeat." },
  Keep: {
    help: "How many of these snapshots stay: a count, or the newest of so many hours, days, weeks, months and years.",
    default: defaultKeep,
  },
  Persistent: { help: "Whether one that was missed is made up for.", default: "yes" },
};

/** A line of the conf that is in effect after all files are merged. */
export interface EffectiveLine {
  readonly section: string;
  readonly key: string;
  readonly value: string;
  /** `PATH:LINE`, or `default`. */
  readonly origin: string;
}

/** Lists all settings that are in effect for a sandbox, and where each was written. */
export const listEffective = (conf: Conf): readonly EffectiveLine[] => [
  ...settingNames.flatMap((key): readonly EffectiveLine[] => {
    const { section } = settings[key];
    const written = conf.origins[key];
    if (written !== undefined) return written.map((line) => ({ section, key, ...describe(line) }));
    const value = describeDefault(conf[key]);
    return value === undefined ? [] : [{ section, key, value, origin: "default" }];
  }),
  ...listLines("Resources", conf.resources),
  ...listLines("Timer", conf.timer),
  ...listLines("Snapshots", conf.snapshots),
  ...listLines("Unit", conf.passThrough.Unit),
  ...listLines("Service", conf.passThrough.Service.map(hideSecret)),
  ...listLines("Install", conf.passThrough.Install),
];

const describe = ({ value, path, line }: Written): Pick<EffectiveLine, "value" | "origin"> => ({
  value,
  origin: `${path}:${line}`,
});

const listLines = (section: string, lines: readonly PassThroughLine[]): readonly EffectiveLine[] =>
  lines.map(({ key, ...line }) => ({ section, key, ...describe(line) }));

/** Describes a default that is a choice, as a conf spells it; undefined for an empty value. */
export function describeDefault(value: unknown): string | undefined {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  return typeof value === "object" && value !== null && "kind" in value ? String(value.kind) : undefined;
}
