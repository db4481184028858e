import { readdirSync, readFileSync } from "node:fs";
import { runtimeRoot } from "../../../generator/conf/paths.ts";
import { isSandboxName, type SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";
import { runQuick } from "../../host/run-quick.ts";
import { runtimeFile } from "../runtime-file.ts";

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
