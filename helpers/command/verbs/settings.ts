import { loadConf } from "../../../conf/load-conf.ts";
import { type ListedSetting, listSettings } from "../conf/list-settings.ts";
import { formatTable, type JsonOption, print, printJson } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "settings",
  group: "Change",
  summary: "list the settings that a conf may have, or what is in effect for a sandbox",
  places: { "[name]": "sandbox" },
  json: `{ section: string; key: string; help: string | null; repeats: boolean; default: string | null; own: boolean;
    effect: "now" | "restart"; manual: string; values: { value: string; origin: string }[] }[]`,
  examples: ["settings", "settings web1"],
  run: showSettings,
};

function showSettings(text: string | undefined, options: JsonOption): void {
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
