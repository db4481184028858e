import type { Conf } from "../../../generator/conf/conf.ts";
import { type ConfSection, sectionFacts } from "../../../generator/conf/keys/known-keys.ts";
import { resourceKeys } from "../../../generator/conf/keys/resource-keys.ts";
import { settingNames, settings } from "../../../generator/conf/settings.ts";
import { describeDefault, type EffectiveLine, listEffective } from "./effective-conf.ts";
import { repeats } from "./parse-assignment.ts";

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

/** Lists all settings and limits. With a conf they have its values, and the lines follow that it passes on to systemd. */
export function listSettings(conf?: Conf): readonly ListedSetting[] {
  const lines = conf === undefined ? [] : listEffective(conf);
  const describe = (section: ConfSection, key: string): ListedSetting => ({
    ...{ section, key, help: null, default: null, own: false },
    repeats: repeats({ section, key }),
    ...sectionFacts[section],
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
    ...passedOn.flatMap((section) => {
      const keys = new Set(lines.filter((line) => line.section === section).map(({ key }) => key));
      return [...keys].map((key) => describe(section, key));
    }),
  ];
}
