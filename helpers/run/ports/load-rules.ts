import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { orMissing, writeFile } from "../../../base/files.ts";
import { libraryDirectory, runtimeRoot } from "../../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { hashText } from "../../../conf/conf-hash.ts";
import { type QuickResult, runQuick } from "../../host/process/run-quick.ts";
import { runtimeFile } from "../running/run-record.ts";

/** Its actions on the host. Unit tests replace them. */
export interface RulesHost {
  readonly readBase: () => string;
  readonly readKept: () => string | undefined;
  readonly keep: (chains: string) => void;
  readonly nft: (commands: string) => Promise<QuickResult>;
}

const list = "list table inet sandboxcontainer\n";

/**
 * Adds elements to the table, and fixes its chains if somebody has changed them. All of units/ports.nft takes nft five times
 * as long as a few elements, so it is loaded only if the chains are not as they were after that.
 */
export async function loadRules(elements: string, host: RulesHost = ownHost): Promise<QuickResult> {
  const base = host.readBase();
  const kept = host.readKept();
  if (kept !== undefined) {
    // nft lists what it found before it added anything.
    const result = await host.nft(elements + list);
    if (result.status === 0 && describeChains(base, result.output) === kept) return result;
  }
  const result = await host.nft(base + elements);
  if (result.status !== 0) return result;
  const listing = await host.nft(list);
  // Whatever nft prints without a chain must not pass for one that nobody has changed.
  if (listing.status === 0 && /^\tchain /m.test(listing.output)) host.keep(describeChains(base, listing.output));
  return result;
}

// Maps, sets and counters change with each start.
const describeChains = (base: string, listing: string): string =>
  [hashText(base), listing.replaceAll(/^\t(?:map|set|counter) [^]*?^\t\}$/gm, ""), ""]
    .join("\n")
    .replaceAll(/\n+/g, "\n");

const keptFile = join(runtimeRoot, ".chains");

const ownHost: RulesHost = {
  readBase: () => readFileSync(join(libraryDirectory, "ports.nft"), "utf8"),
  readKept: () => orMissing(() => readFileSync(keptFile, "utf8")),
  keep: (chains) => {
    writeFile(keptFile, chains);
  },
  nft: (commands) => runQuick("nft", ["--terse", "-f", "-"], { input: commands }),
};

/** Whether the kernel still has all rules for the link and the ports of a running sandbox. */
export type AreRulesLoaded = (name: SandboxName) => boolean;

/** The rules of units/ports.nft that keep a sandbox in, as nft lists them. */
const walls = ["jump link-sends", "jump link-asks", "jump link-is-asked"];

/** Asks nft once, if any sandbox has a link. */
export async function openLoadedRules(): Promise<AreRulesLoaded> {
  const some = (orMissing(() => readdirSync(runtimeRoot)) ?? []).filter(isSandboxName).some((name) => readLoaded(name));
  if (!some) return () => true;
  const { output } = await runQuick("nft", ["list", "table", "inet", "sandboxcontainer"]);
  const isComplete = readListing(output);
  return (name) => isComplete(readLoaded(name) ?? "");
}

const readLoaded = (name: SandboxName): string | undefined =>
  orMissing(() => readFileSync(runtimeFile(name, "nft"), "utf8"));

/** Reads a list of the table. Returns whether it has the walls, and all elements of the rules of a sandbox. */
export function readListing(listing: string): (rules: string) => boolean {
  const hasWalls = walls.every((wall) => listing.includes(wall));
  const loaded = new Set(
    [...listing.matchAll(/^\t(?:map|set) (\S+) \{\n\t\ttype .*\n\t\telements = \{ ([^}]*) \}$/gm)].flatMap(
      ([, set = "", elements = ""]) => elements.split(/,\s+/).map((element) => `${set} ${element}`),
    ),
  );
  return (rules) => {
    const own = [...rules.matchAll(/ (\S+) \{ (.*) \}$/gm)].map(([, set = "", element = ""]) => `${set} ${element}`);
    return own.length === 0 || (hasWalls && own.every((element) => loaded.has(element)));
  };
}
