import type { Conf, PassThroughLine, Written } from "../../../generator/conf/conf.ts";
import { settingNames, settings } from "../../../generator/conf/settings.ts";

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
  ...listLines("Unit", conf.passThrough.Unit),
  ...listLines("Service", conf.passThrough.Service),
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
