import { confFile } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { loadConfText } from "../../../conf/load-conf.ts";
import { describeLeftBehind } from "../../sandbox/manifest/data.ts";
import type { ManifestEntry } from "../../sandbox/manifest/entry.ts";
import { formatMode } from "../../sandbox/manifest/manifest.ts";
import { type PlannedManifest, planPopulation } from "../../sandbox/populate/populate-sandbox.ts";
import { populationOf } from "../../sandbox/populate/population.ts";
import { readUnitFacts } from "../../sandbox/populate/read-unit-facts.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { formatTable, print, printJson } from "../output.ts";

// machine-id(5) uses this word. The real id is made with the sandbox.
const machineId = "uninitialized";

/** The manifest of the root that `create` would make. */
export async function planFor(name: SandboxName, text: string): Promise<PlannedManifest> {
  const { conf } = loadConfText(name, confFile(name), text);
  const { toManifest } = await planPopulation(populationOf(conf), readUnitFacts);
  return toManifest({ machineId });
}

/** Shows the conf, which must be right, and the manifest of the root that `create` would make. Writes nothing. */
export async function showPlan(name: SandboxName, text: string, options: { json: boolean }): Promise<void> {
  const manifest = await planFor(name, text);
  if (options.json) printJson({ name, conf: confFile(name), text, ...toJson(manifest) });
  else print(formatPlan(name, text, manifest));
}

const toJson = ({ packages, entries, leftBehind }: PlannedManifest) => ({
  leftBehind,
  packages: packages.map(({ name, version, source }) => ({ name, version, source })),
  entries: entries.map(({ path, kind, owner, group, mode, source, reason }) => ({
    ...{ path, kind, owner, group, mode: formatMode(mode), source, reason },
  })),
});

function formatPlan(name: SandboxName, text: string, { packages, entries, leftBehind }: PlannedManifest): string {
  const rows = entries.map((entry) => [
    formatMode(entry.mode),
    `${entry.owner}:${entry.group}`,
    `${printableName(entry.path)}${describeSource(entry)}`,
    printableName(entry.reason),
  ]);
  return [
    `${confFile(name)}:\n`,
    text.replaceAll(/^(?=.)/gm, "  "),
    "\n",
    formatTable(["MODE", "OWNER", "PATH", "BECAUSE"], rows),
    leftBehind.length === 0 ? "" : `\n${printableName(describeLeftBehind(leftBehind))}\n`,
    `\n${entries.length} entries from ${packages.length} packages. Nothing was written.\n`,
  ].join("");
}

function describeSource({ kind, source }: ManifestEntry): string {
  if (source !== undefined && "link" in source) return ` -> ${printableName(source.link)}`;
  return kind === "directory" ? "/" : "";
}
