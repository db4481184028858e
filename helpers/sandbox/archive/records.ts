import { isUtf8 } from "node:buffer";
import { SandboxError } from "../../../base/errors.ts";
import { parseSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { isPackageName } from "../../../conf/values/values.ts";
import { Unsound } from "../copy/tar-header.ts";
import { type Manifest, readManifestText } from "../manifest/manifest.ts";
import { type Bases, parseBases } from "../populate/service-packages.ts";
import { parseState, type SandboxState } from "../state.ts";
import { printableName } from "../untrusted-text.ts";

/** An archive's information about a sandbox, apart from its tree. */
export interface Records {
  readonly name: SandboxName;
  readonly conf: string;
  /** Texts by file name. */
  readonly dropIns: ReadonlyMap<string, string>;
  readonly manifest: Manifest;
  readonly bases: Bases | undefined;
  readonly state: SandboxState | undefined;
  /** The packages whose maintainer scripts have run in the sandbox. */
  readonly configured: readonly string[];
}

const mebi = 1 << 20;
const largest: Readonly<Record<string, number>> = {
  "sandboxcontainer.json": 4096,
  conf: mebi,
  "manifest.json": 64 * mebi,
  "bases.json.gz": 64 * mebi,
  "state.json": 4096,
  configured: mebi,
};

/**
 * The most bytes that a record may have if all previous ones had `sum`: there may be many drop-ins. Records are held in
 * memory.
 */
export const limitOf = (path: string, sum: number): number => largest[path] ?? Math.max(0, 4 * mebi - sum);

/** Reads the records of an archive by their paths. If one is not sound, throws Unsound with its path. */
export function parseRecords(files: ReadonlyMap<string, Buffer>): Records {
  const dropIns = [...files].filter(([path]) => path.startsWith("conf.d/"));
  const get = (path: string): Buffer => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new Unsound(`it contains no ${path}`);
    return bytes;
  };
  const manifest = readManifestText(parseText("manifest.json", get("manifest.json")));
  if (typeof manifest === "string") throw refuse("manifest.json", manifest);
  const [bases, state, configured] = ["bases.json.gz", "state.json", "configured"].map((path) => files.get(path));
  return {
    name: parseName(parseText("sandboxcontainer.json", get("sandboxcontainer.json"))),
    conf: parseText("conf", get("conf")),
    dropIns: new Map(dropIns.map(([path, bytes]) => [path.slice("conf.d/".length), parseText(path, bytes)])),
    manifest,
    bases: bases && orRefuse("bases.json.gz", parseBases(bases)),
    state: state && orRefuse("state.json", parseState(parseText("state.json", state))),
    configured: configured === undefined ? [] : parsePackages(parseText("configured", configured)),
  };
}

const refuse = (path: string, what: string): Unsound => new Unsound(what, Buffer.from(path));

function orRefuse<T>(path: string, value: T | undefined): T {
  if (value === undefined) throw refuse(path, "it is damaged");
  return value;
}

function parsePackages(text: string): readonly string[] {
  const names = text.split("\n").filter((line) => line !== "");
  if (names.every(isPackageName)) return names;
  throw refuse("configured", "it is damaged");
}

// Other bytes would become other text, and then mean something different from the text that was checked.
function parseText(path: string, bytes: Buffer): string {
  if (!isUtf8(bytes) || bytes.includes(0)) throw refuse(path, "it is not text");
  return bytes.toString();
}

function parseName(text: string): SandboxName {
  const path = "sandboxcontainer.json";
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw refuse(path, "it is not JSON");
  }
  const { version, name } = (value ?? {}) as Record<string, unknown>;
  if (version !== 1 || typeof name !== "string")
    throw refuse(path, "it was not made by this version of sandboxcontainer export");
  try {
    return parseSandboxName(name);
  } catch (error) {
    if (error instanceof SandboxError) throw refuse(path, printableName(error.message));
    throw error;
  }
}
