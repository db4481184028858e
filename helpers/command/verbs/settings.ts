import { loadConf } from "../../../generator/conf/load-conf.ts";
import { type ListedSetting, listSettings } from "../conf/list-settings.ts";
import { formatTable, type JsonOption, print, printJson } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";

/** Lists the settings that a conf may have: their defaults, or what is in effect for a sandbox. */
export function showSettings(text: string | undefined, options: JsonOption): void {
  const conf = text === undefined ? undefined : loadConf(requireSandbox(text));
  const settings = listSettings(conf);
  if (options.json === true) printJson(settings);
  else print(formatTable(["SETTING", "VALUE", "EFFECT", "MEANING"], settings.map(formatRow)));
}

const formatRow = (setting: ListedSetting): readonly string[] => [
  `[${setting.section}] ${setting.key}=`,
  setting.values.map(({ value }) => value).join(" ") || (setting.default ?? "-"),
  setting.effect,
  setting.help ?? `See ${setting.manual}`,
];
