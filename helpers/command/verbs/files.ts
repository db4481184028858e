import { basename } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { rootTree } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { findNearest, formatBytes } from "../../../base/text.ts";
import { type FolderEntry, listFolder } from "../../sandbox/compare/list-folder.ts";
import { mountTree } from "../../sandbox/image/mount-image.ts";
import type { ManifestEntry } from "../../sandbox/manifest/entry.ts";
import { requireManifest } from "../../sandbox/manifest/manifest.ts";
import { findObstacle } from "../../sandbox/tree/look-up.ts";
import { printableName, quoteName } from "../../sandbox/untrusted-text.ts";
import { findCover } from "../guarded-folders.ts";
import { formatTable, type JsonOption, print, printJson, warn } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import { parseSandboxPath } from "../tree-paths.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "files",
  group: "Explain",
  summary: "list a folder of a sandbox's root, and why each path is there",
  places: { "<name>": "sandbox", "[folder]": "file" },
  json: `{ path: string; kind: "directory" | "file" | "link" | "other"; bytes: number | null; target: string | null;
    mode: string; owner: number; group: number; modified: number | null; reason: string | null;
    state: "same" | "changed" | "added" | "missing" | null }[]`,
  examples: ["files web1", "files web1 /etc/apache2"],
  run: listFiles,
};

async function listFiles(text: string, folderText = "/", options: JsonOption): Promise<void> {
  const name = requireSandbox(text);
  await mountTree(name);
  const { entries } = requireManifest(name);
  const folder = parseSandboxPath(name, folderText);
  const files = listFolder(rootTree(name), entries, folder);
  const cover = findCover(name, folder);
  if (files === undefined) throw describeObstacle(name, folder, cover, entries);
  if (cover !== undefined) warn(`${cover}; this lists what the root itself has there`);
  if (options.json === true) printJson(files);
  else if (files.length > 0)
    print(formatTable(["KIND", "MODE", "OWNER", "SIZE", "NOW", "BECAUSE", "NAME"], files.map(formatRow)));
}

function describeObstacle(
  name: SandboxName,
  folder: string,
  cover: string | undefined,
  entries: readonly ManifestEntry[],
): SandboxError {
  const { path, found } = findObstacle(rootTree(name), folder) ?? { path: folder, found: undefined };
  if (found?.kind === "link")
    return new SandboxError(`${folder} leads through a link: ${path} is a link to ${quoteName(found.target)}`, {
      hint: "List the folder that it leads to",
    });
  const why = `See \`sandboxcontainer why ${name} ${path}\``;
  if (found !== undefined)
    return new SandboxError(`${path} is a ${found.kind === "file" ? "file" : "fifo, socket or device"}, not a folder`, {
      hint: why,
    });
  const folders = entries.filter(({ kind }) => kind === "directory").map((entry) => entry.path);
  const nearest = findNearest(folder, folders);
  return new SandboxError(`there is no folder ${folder} in the root of ${name}`, {
    hint: cover ?? (nearest === undefined ? why : `Did you mean \`${nearest}\`?`),
  });
}

const formatRow = ({
  path,
  kind,
  bytes,
  target,
  mode,
  owner,
  group,
  reason,
  state,
}: FolderEntry): readonly string[] => [
  kind,
  mode,
  `${owner}:${group}`,
  bytes === null ? "-" : formatBytes(bytes),
  state ?? "-",
  reason ?? "-",
  printableName(basename(path) + (target === null ? "" : ` -> ${target}`)),
];
