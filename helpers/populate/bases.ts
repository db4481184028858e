import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { stateDirectory } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import type { SandboxName } from "../../generator/sandbox-name.ts";
import { replaceFile } from "../state.ts";
import { orMissing } from "../tree/or-missing.ts";

/** Configuration as it was put into a tree, by its digest: what a change on both sides is merged from. */
export type Bases = ReadonlyMap<string, string>;

const basesFile = (name: SandboxName): string => join(stateDirectory(name), "bases.json.gz");

/** Empty if there are none. */
export function readBases(name: SandboxName): Bases {
  const path = basesFile(name);
  const bytes = orMissing(() => readFileSync(path));
  if (bytes === undefined) return new Map();
  try {
    return new Map(Object.entries(JSON.parse(gunzipSync(bytes).toString()) as Readonly<Record<string, string>>));
  } catch (cause) {
    throw new SandboxError(`${path}: is damaged`, {
      hint: "Restore it, or remove it: a change on both sides is then not merged, but kept beside",
      cause,
    });
  }
}

/** One file, compressed: hundreds of small ones would take a block of the disk each. */
export function writeBases(name: SandboxName, bases: Bases): void {
  const sorted = [...bases].sort(([one], [other]) => (one < other ? -1 : 1));
  replaceFile(basesFile(name), gzipSync(JSON.stringify(Object.fromEntries(sorted))));
}
