import { readFileSync } from "node:fs";
import { join } from "node:path";
import { hashText } from "../../../generator/conf/conf-hash.ts";
import { libraryDirectory, runtimeRoot } from "../../../generator/conf/paths.ts";
import { orMissing } from "../../host/or-missing.ts";
import { type QuickResult, runQuick } from "../../host/run-quick.ts";
import { writeFile } from "../../host/write-file.ts";

/** Its actions on the host. Unit tests replace them. */
export interface RulesHost {
  readonly readBase: () => string;
  readonly readKept: () => string | undefined;
  readonly keep: (chains: string) => void;
  readonly nft: (commands: string) => Promise<QuickResult>;
}

const list = "list table inet sandboxcontainer\n";

/**
 * Adds elements to the table, and mends its chains if somebody has changed them. All of units/ports.nft takes nft five times
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
