import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { isSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import type { Conf } from "../../../conf/conf.ts";
import { loadConf } from "../../../conf/load-conf.ts";
import { isSettingName, settings } from "../../../conf/settings.ts";
import { listNetworks } from "../../host/libvirt/networks.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import { listUnitFiles } from "../../host/systemd/unit-files.ts";
import { listSnapshots } from "../../sandbox/snapshots/snapshots.ts";
import { type ListedSetting, listSettings } from "../conf/list-settings.ts";
import { listNames } from "../list-names.ts";
import type { Kind } from "../verb.ts";
import type { Candidate } from "./complete-line.ts";

/** Lists the words of a kind. `given` are the arguments before, the first of which is a sandbox; `current` has begun. */
export async function listCandidates(
  kind: Kind,
  given: readonly string[],
  current: string,
): Promise<readonly Candidate[]> {
  const name = given[0] !== undefined && isSandboxName(given[0]) ? given[0] : undefined;
  switch (kind) {
    case "sandbox":
      return listNames().map((word) => ({ word, help: "sandbox" }));
    case "unit":
      return listUnits();
    case "network":
      return networks();
    case "snapshot":
      return name === undefined ? [] : listSnapshots(name).map(({ snapshot: word }) => ({ word, help: "snapshot" }));
    case "assignment":
      return completeAssignment(current, name === undefined ? undefined : tryLoad(name), (takes) =>
        listCandidates(kindOf(takes), given, current),
      );
    case "file":
    case "any":
      return [];
  }
}

/** What Network= takes, as far as the host has it now. */
async function networks(): Promise<readonly Candidate[]> {
  const devices = "/sys/class/net";
  const bridges = readdirSync(devices).filter((device) => existsSync(join(devices, device, "bridge")));
  return [
    { word: "none", help: "only a loopback" },
    { word: "host", help: "the host's own network" },
    ...(await listNetworks()).map((word) => ({ word, help: "network of libvirt" })),
    ...bridges.map((bridge) => ({ word: `bridge:${bridge}`, help: "bridge of the host" })),
  ];
}

// A wrong conf has no values to complete.
function tryLoad(name: SandboxName): ReturnType<typeof loadConf> | undefined {
  try {
    return loadConf(name);
  } catch {
    return undefined;
  }
}

// Not from systemctl list-unit-files, for which systemd finds out the state of each.
async function listUnits(): Promise<readonly Candidate[]> {
  const { output } = await runQuick("systemd-path", ["systemd-search-system-unit"]);
  return listUnitFiles(output.split(":"))
    .map((path) => basename(path))
    .filter((word) => /\.(service|socket)$/.test(word))
    .sort()
    .map((word) => ({ word, help: "unit" }));
}

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

const kinds: Readonly<Record<string, Kind>> = { unit: "unit", network: "network", folder: "file" };

/** The kind of word that a setting takes, by what its row calls it. */
export const kindOf = (takes: string): Kind => kinds[takes] ?? "any";
