import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { replaceFile } from "../state.ts";
import { digestOf } from "../tree/look-up.ts";
import { orMissing } from "../../host/or-missing.ts";

/** Configuration as it was put into a tree, by its digest: what a change on both sides is merged from. */
export type Bases = ReadonlyMap<string, string>;

const basesFile = (name: SandboxName): string => join(stateDirectory(name), "bases.json.gz");

/** Empty if there are none. */
export function readBases(name: SandboxName): Bases {
  const path = basesFile(name);
  const bytes = orMissing(() => readFileSync(path));
  if (bytes === undefined) return new Map();
  const bases = parseBases(bytes);
  if (bases !== undefined) return bases;
  throw new SandboxError(`${path}: is damaged`, {
    hint: "Restore it, or remove it: a change on both sides is then not merged, but kept beside",
  });
}

// All configuration of a host, which is a few megabytes, many times over.
const mostText = 1 << 27;

/** What `formatBases` made; undefined for anything else, a text that is not of its digest among it. */
export function parseBases(bytes: Buffer): Bases | undefined {
  let value: unknown;
  try {
    value = JSON.parse(gunzipSync(bytes, { maxOutputLength: mostText }).toString());
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const bases = new Map<string, string>();
  for (const [digest, text] of Object.entries(value)) {
    if (typeof text !== "string" || digestOf([Buffer.from(text)]) !== digest) return undefined;
    bases.set(digest, text);
  }
  return bases;
}

/** One file, compressed: hundreds of small ones would take a block of the disk each. */
export function writeBases(name: SandboxName, bases: Bases): void {
  replaceFile(basesFile(name), formatBases(bases));
}

/** Same bases, same bytes. */
export function formatBases(bases: Bases): Buffer {
  const sorted = [...bases].sort(([one], [other]) => (one < other ? -1 : 1));
  return gzipSync(JSON.stringify(Object.fromEntries(sorted)));
}
