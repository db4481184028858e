import type { Conf } from "../../../generator/conf/conf.ts";
import { listSettings, type ListedSetting } from "../conf/list-settings.ts";
import type { Candidate } from "./plan-completion.ts";

/**
 * Completes an argument of `set`: first `KEY=`, then a value: what the conf has, yes and no, or a network. `networks` is
 * asked only if they are wanted.
 */
export async function completeAssignment(
  current: string,
  conf: Conf | undefined,
  networks: () => Promise<readonly Candidate[]>,
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
  const others = how === "-=" ? [] : setting.key === "Network" ? await networks() : choicesOf(setting);
  const all = new Map([...others, ...now].map((each) => [each.word, each]));
  return [...all.values()].map(({ word, help }) => ({ word: `${written}${how}${word}`, help }));
}

const choicesOf = ({ default: fallback }: ListedSetting): readonly Candidate[] =>
  fallback === "yes" || fallback === "no"
    ? ["yes", "no"].map((word) => ({ word, help: word === fallback ? "default" : "" }))
    : [];

// Two sections may have the same key.
const spell = ({ section, key }: ListedSetting, known: readonly ListedSetting[]): string =>
  known.filter((other) => other.key === key).length > 1 ? `${section}.${key}` : key;
