import { rootDirectory, rootTree } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { openHostTree } from "../../host/files/host-tree.ts";
import { openPackageDatabase } from "../../host/packages/open-database.ts";
import { explainAbsence } from "../../sandbox/compare/explain-absence.ts";
import { type Comparison, describeComparison, inspectHost, inspectInside } from "../../sandbox/compare/list-folder.ts";
import { mountTree } from "../../sandbox/image/mount-image.ts";
import type { ManifestEntry } from "../../sandbox/manifest/entry.ts";
import { formatMode, type Manifest, requireManifest } from "../../sandbox/manifest/manifest.ts";
import { lookUpInTree } from "../../sandbox/tree/look-up.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { print, printJson } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import { parseSandboxPath } from "../tree-paths.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "why",
  group: "Explain",
  summary: "say why a path is in a sandbox's root, or why it is not",
  places: { "<name>": "sandbox", "<path>": "file" },
  json: `{ path: string; inRoot: boolean; reason: string; kind: "directory" | "file" | "link" | null;
    owner: number | null; group: number | null; mode: string | null; source: { copy?: string; copyTree?: string;
    at?: number; text?: string; madeBy?: string; link?: string } | null; inside: {
    state: "same" | "changed" | "missing"; aspects: string[] } | null; host: { state: "same" | "changed" | "missing";
    aspects: string[] } | null; owners: string[]; nearest: string | null }`,
  examples: ["why web1 /etc/apache2/ports.conf"],
  run: explainPath,
};

async function explainPath(text: string, pathText: string, options: { json?: boolean }): Promise<void> {
  const name = requireSandbox(text);
  await mountTree(name);
  const path = parseSandboxPath(name, pathText);
  const manifest = requireManifest(name);
  const entry = manifest.entries.find((each) => each.path === path);
  const answer = entry === undefined ? await explainMissing(name, path, manifest) : explainEntry(name, entry);
  if (options.json === true) printJson(answer.json);
  else print(answer.lines.map((line) => `${line}\n`).join(""));
}

interface Answer {
  readonly json: unknown;
  readonly lines: readonly string[];
}

function explainEntry(name: SandboxName, entry: ManifestEntry): Answer {
  const { path, kind, owner, group, mode, reason, source } = entry;
  const inside = inspectInside(rootTree(name), entry);
  const host = inspectHost(openHostTree(rootDirectory), rootDirectory, entry);
  const lines = [
    `${printableName(path)}: ${kind}${kind === "link" ? "" : ` ${formatMode(mode)}`} of ${owner}:${group}`,
    `  because: ${printableName(reason)}`,
    `  from:    ${describeSource(entry)}`,
    `  inside:  ${formatComparison(inside, "unchanged", "removed")}`,
    ...(host === undefined ? [] : [`  host:    ${formatComparison(host, "has the same", "no longer has it")}`]),
  ];
  return {
    lines,
    json: {
      ...{ path, inRoot: inside.state !== "missing", reason, kind, owner, group, mode: formatMode(mode), source },
      inside: describeComparison(inside),
      host: describeComparison(host),
      ...{ owners: [], nearest: null },
    },
  };
}

function describeSource({ source, kind }: ManifestEntry): string {
  if (source === undefined) return `made empty${kind === "directory" ? ", with the host's owner and mode" : ""}`;
  if ("copy" in source) return `the host's ${printableName(source.copy)}`;
  if ("copyTree" in source) return `the host's ${printableName(source.copyTree)}, with everything in it`;
  if ("madeBy" in source) return `made inside before the first start, by the script of package ${source.madeBy}`;
  return "link" in source ? `a link to ${printableName(source.link)}` : "made for this sandbox";
}

function formatComparison(comparison: Comparison, same: string, missing: string): string {
  if (comparison.state === "changed") return `changed (${comparison.aspects.join(", ")})`;
  return comparison.state === "same" ? same : missing;
}

async function explainMissing(name: SandboxName, path: string, manifest: Manifest): Promise<Answer> {
  const database = await openPackageDatabase(rootDirectory);
  const host = openHostTree(rootDirectory);
  const isThere = path === "/" || lookUpInTree(rootTree(name), path) !== undefined;
  const absence = explainAbsence({ sandbox: name, path, manifest, database, host, isThere });
  return {
    json: {
      ...{ path, inRoot: isThere, reason: absence.reason, kind: null, owner: null, group: null },
      ...{ mode: null, source: null, inside: null, host: null, owners: absence.owners, nearest: absence.nearest },
    },
    lines: [
      `${printableName(path)}: ${isThere ? "in the root, but not in the manifest" : "not in the root"}`,
      `  because: ${printableName(absence.reason)}`,
      ...(absence.nearest === undefined ? [] : [`  nearest: ${printableName(absence.nearest)}`]),
    ],
  };
}
