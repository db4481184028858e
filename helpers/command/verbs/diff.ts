import { SandboxError } from "../../../base/errors.ts";
import { rootDirectory, rootTree } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { findNearest, printableText } from "../../../base/text.ts";
import { openHostTree } from "../../host/files/host-tree.ts";
import { diffTexts } from "../../sandbox/compare/diff-texts.ts";
import { type Change, findChanges } from "../../sandbox/compare/find-changes.ts";
import { describeComparison } from "../../sandbox/compare/list-folder.ts";
import { isRoutine, listRoutine } from "../../sandbox/compare/routine.ts";
import { mountTree } from "../../sandbox/image/mount-image.ts";
import type { ManifestEntry } from "../../sandbox/manifest/entry.ts";
import { requireManifest } from "../../sandbox/manifest/manifest.ts";
import { isText, largestText } from "../../sandbox/populate/record-content.ts";
import { type Bases, readBases } from "../../sandbox/populate/service-packages.ts";
import { lookUpInTree, readFromTree } from "../../sandbox/tree/look-up.ts";
import { printableName } from "../../sandbox/untrusted-text.ts";
import { formatTable, print, printJson } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import { parseSandboxPath } from "../tree-paths.ts";
import type { Flags, Verb } from "../verb.ts";

export const verb: Verb = {
  name: "diff",
  group: "Explain",
  summary: "show how a sandbox's root differs from what was put there, and from the host",
  places: { "<name>": "sandbox", "[path]": "file" },
  options: {
    "-a, --all": "also show what systemd and packages make in every sandbox",
    "-p, --text": "also show the differences in text files",
  },
  json: `{ path: string; inside: { state: "same" | "changed" | "missing" | "added" | "more"; aspects: string[];
    kind: "directory" | "file" | "link" | "other" | null }; host: { state: "same" | "changed" | "missing";
    aspects: string[] } | null; routine: boolean; text: string | null }[]`,
  examples: ["diff web1", "diff web1 /etc/apache2 --text"],
  run: showDifferences,
};

type Options = Flags<"json" | "text" | "all">;

async function showDifferences(text: string, pathText: string | undefined, options: Options): Promise<void> {
  const name = requireSandbox(text);
  await mountTree(name);
  const { entries } = requireManifest(name);
  const below = pathText === undefined ? "/" : parseSandboxPath(name, pathText);
  requireAnything(name, below, entries);
  const place = { tree: rootTree(name), host: openHostTree(rootDirectory), rootDirectory };
  const changes = findChanges(place, entries, below);
  const routine = listRoutine(place.host);
  const isPlain = (change: Change): boolean => isRoutine(change, place.tree, routine);
  const texts = options.text === true ? await readTexts(name, entries, changes) : new Map<string, string>();
  if (options.json === true) {
    printJson(
      changes.map((change) => ({
        path: change.path,
        inside: { kind: null, aspects: [], ...change.inside },
        host: describeComparison(change.host),
        routine: isPlain(change),
        text: texts.get(change.path),
      })),
    );
    return;
  }
  const last = changes.filter(isPlain);
  const shown = [...changes.filter((change) => !last.includes(change)), ...(options.all === true ? last : [])];
  if (options.text === true)
    print(shown.map((change) => `${describeLine(change)}\n${printableText(texts.get(change.path) ?? "")}`).join(""));
  else if (shown.length > 0) print(formatTable(["INSIDE", "HOST", "PATH"], shown.map(formatRow)));
  if (options.all !== true && last.length > 0) print(describeRest(last.length));
}

const describeRest = (number: number): string =>
  `${number} more ${number === 1 ? "path appears" : "paths appear"} in every sandbox, made by systemd and by packages. See ${number === 1 ? "it" : "them"} with --all\n`;

function requireAnything(name: SandboxName, below: string, entries: readonly ManifestEntry[]): void {
  const paths = entries.map(({ path }) => path);
  if (below === "/" || paths.includes(below) || lookUpInTree(rootTree(name), below) !== undefined) return;
  const nearest = findNearest(below, paths);
  throw new SandboxError(`${below} is not in the root of ${name}, and was never put there`, {
    hint: nearest === undefined ? `See \`sandboxcontainer why ${name} ${below}\`` : `Did you mean \`${nearest}\`?`,
  });
}

function formatRow({ path, inside, host }: Change): readonly string[] {
  return [describeState(inside), host === undefined ? "-" : describeState(host), printableName(path)];
}

const describeLine = (change: Change): string => {
  const [inside, host, path] = formatRow(change);
  return `${path ?? ""}: inside ${inside ?? ""}${change.host === undefined ? "" : `, on the host ${host ?? ""}`}`;
};

function describeState(comparison: Change["inside"]): string {
  switch (comparison.state) {
    case "changed":
      return `changed (${comparison.aspects.join(", ")})`;
    case "added":
      return `added (${comparison.kind})`;
    case "more":
      return "more added";
    case "same":
    case "missing":
      return comparison.state;
  }
}

/** Reads the text differences by path, for files that were changed inside or added; a reason if none can be shown. */
async function readTexts(
  name: SandboxName,
  entries: readonly ManifestEntry[],
  changes: readonly Change[],
): Promise<ReadonlyMap<string, string>> {
  const bases = readBases(name);
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const texts = new Map<string, string>();
  for (const { path, inside } of changes) {
    const isAdded = inside.state === "added" && inside.kind === "file";
    if (!isAdded && !(inside.state === "changed" && inside.aspects.includes("content"))) continue;
    const before = isAdded ? "" : readBefore(byPath.get(path), bases);
    const bytes = readFromTree(rootTree(name), path, largestText);
    texts.set(
      path,
      before === undefined || bytes === undefined || !isText(bytes)
        ? "(not text, or too large to show)\n"
        : await diffTexts(
            name,
            { label: `${printableName(path)} put there`, text: before },
            { label: `${printableName(path)} inside`, text: bytes.toString() },
          ),
    );
  }
  return texts;
}

function readBefore(entry: ManifestEntry | undefined, bases: Bases): string | undefined {
  if (entry?.kind !== "file") return undefined;
  if ("text" in entry.source) return entry.source.text;
  return entry.content === undefined ? undefined : bases.get(entry.content.digest);
}
