import type { Conf } from "../../../generator/conf/conf.ts";
import { isSettingName, settings } from "../../../generator/conf/settings.ts";
import { listSettings, type ListedSetting } from "../conf/list-settings.ts";
import type { Candidate } from "./plan-completion.ts";

/**
 * Completes an argument of `set`: first `KEY=`, then a value: what the conf has, the words that the setting takes, or
 * what the host has of its kind. `listHost` gets what the setting takes.
 */
export async function completeAssignment(
  current: string,
  conf: Conf | undefined,
  listHost: (takes: string) => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  const known = listSettings(conf);
  const [, written = "", how] = /^([A-Za-z][A-Za-z.]*)(\+=|-=|=)/.exec(current) ?? [];
  if (how === undefined)
    return known.map((setting) => ({ word: `${spell(setting, known)}=`, help: setting.help ?? setting.manual }));
  const setting = known.find((each) => [each.key, `${each.section}.${each.key}`].includes(written));
  if (setting === undefined) return [];
  const now = setting.values
    .filter(({ origin }) => origin !== "default" || how === "=")
    .map(({ value: word }) => ({ word, help: "now" }));
  const others = how === "-=" ? [] : await listChoices(setting, listHost);
  const all = new Map([...others, ...now].map((each) => [each.word, each]));
  return [...all.values()].map(({ word, help }) => ({ word: `${written}${how}${word}`, help }));
}

async function listChoices(
  { key, default: fallback }: ListedSetting,
  listHost: (takes: string) => Promise<readonly Candidate[]>,
): Promise<readonly Candidate[]> {
  if (!isSettingName(key)) return [];
  const { takes, words } = settings[key];
  if (words.length === 0) return listHost(takes);
  return words.map((word) => ({ word, help: word === fallback ? "default" : "" }));
}

// Two sections may have the same key.
const spell = ({ section, key }: ListedSetting, known: readonly ListedSetting[]): string =>
  known.filter((other) => other.key === key).length > 1 ? `${section}.${key}` : key;
