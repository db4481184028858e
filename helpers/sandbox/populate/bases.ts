import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { replaceFile } from "../state.ts";
import { digestOf } from "../tree/look-up.ts";
import { orMissing } from "../../host/or-missing.ts";

/** Configuration as it was put into a tree, by digest. It is the base of a merge when both sides have changed. */
export type Bases = ReadonlyMap<string, string>;

const basesFile = (name: SandboxName): string => join(stateDirectory(name), "bases.json.gz");

/** Empty if there are none. */
export function readBases(name: SandboxName): Bases {
  const path = basesFile(name);
  const bytes = orMissing(() => readFileSync(path));
  if (bytes === undefined) return new Map();
  const bases = parseBases(bytes);
  if (bases !== undefined) return bases;
  throw new SandboxError(`${path} is damaged`, {
    hint: "Restore it, or remove it. Without it, an upgrade does not merge a file that both sides changed, but keeps both versions",
  });
}

// Many times the size of a host's whole configuration, which is a few megabytes.
const mostText = 1 << 27;

/** Parses the output of `formatBases`; undefined for anything else, and if a text does not match its digest. */
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

/** Writes one compressed file: hundreds of small ones would each take a block of the disk. */
export function writeBases(name: SandboxName, bases: Bases): void {
  replaceFile(basesFile(name), formatBases(bases));
}

/** The same bases give the same bytes. */
export function formatBases(bases: Bases): Buffer {
  const sorted = [...bases].sort(([one], [other]) => (one < other ? -1 : 1));
  return gzipSync(JSON.stringify(Object.fromEntries(sorted)));
}
