import { readFileSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import { manifestFile } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Package, PackageName } from "../../host/packages/package-database.ts";
import { quoteName } from "../untrusted-text.ts";
import type { FileContent, ManifestEntry } from "./entry.ts";

/** The content of `manifest.json`. */
export interface Manifest {
  /** Hash of the conf's settings for the tree. */
  readonly population: string;
  readonly packages: readonly Omit<Package, "manager">[];
  readonly entries: readonly ManifestEntry[];
}

export const version = 1;

/** Where the packages end in the text of a manifest. */
export const startOfEntries = '\n"entries":[';

/** The same manifest gives the same bytes. There is one line for each package and entry, so that a diff is readable. */
export function formatManifest({ population, packages, entries }: Manifest): string {
  const lines = (items: readonly string[]): string => (items.length === 0 ? "" : `\n${items.join(",\n")}\n`);
  const versions = packages.map(({ name, version: installed, source }) =>
    JSON.stringify({ name, version: installed, source }),
  );
  return [
    `{"version":${version},"population":${JSON.stringify(population)},"packages":[${lines(versions)}],`,
    `${startOfEntries}${lines(entries.map(formatEntry))}]}\n`,
  ].join("");
}

/** Sorts parents before their children. */
export const sortByPath = (entries: Iterable<ManifestEntry>): readonly ManifestEntry[] =>
  [...entries].sort((one, other) => (one.path < other.path ? -1 : 1));

function formatEntry(entry: ManifestEntry): string {
  const { path, kind, owner, group, mode, source, reason } = entry;
  const content = entry.kind === "file" ? entry.content : undefined;
  return JSON.stringify({ path, kind, owner, group, mode: formatMode(mode), source, content, reason });
}

/** The format of chmod(1). */
export const formatMode = (mode: number): string => mode.toString(8).padStart(4, "0");

/** Reads the manifest of a sandbox's tree; undefined if there is none. Throws a SandboxError if it is damaged. */
export function readManifest(name: SandboxName): Manifest | undefined {
  const path = manifestFile(name);
  const text = orMissing(() => readFileSync(path, "utf8"));
  if (text === undefined) return undefined;
  const manifest = parseManifest(text);
  if (manifest !== undefined) return manifest;
  throw new SandboxError(`${path} is damaged`, {
    hint: `Restore it, or remove it and run \`sandboxcontainer upgrade ${name}\`. Files removed inside then come back`,
  });
}

/** Reads only the packages of a manifest; undefined if there is none, or if it is damaged. */
export const readManifestPackages = (name: SandboxName): Manifest["packages"] | undefined =>
  parseManifestPackages(orMissing(() => readFileSync(manifestFile(name), "utf8")) ?? "");

/** Reads the manifest of a sandbox that must have one; otherwise throws a SandboxError that says how to get it. */
export function requireManifest(name: SandboxName): Manifest {
  const manifest = readManifest(name);
  if (manifest !== undefined) return manifest;
  throw new SandboxError(`${manifestFile(name)}: sandbox ${name} has no root yet`, {
    hint: `Make it: systemctl start sandbox-root@${name}.service`,
  });
}

/** Parses a text from `formatManifest`; undefined for any other text. */
export function parseManifest(text: string): Manifest | undefined {
  const manifest = readManifestText(text);
  return typeof manifest === "string" ? undefined : manifest;
}

/** The same for its packages alone. The entries are nearly all of the text, and are not looked at. */
export function parseManifestPackages(text: string): Manifest["packages"] | undefined {
  const end = text.indexOf(startOfEntries);
  return end === -1 ? undefined : parseManifest(`${text.slice(0, end)}${startOfEntries}]}`)?.packages;
}

/**
 * The same as `parseManifest`, but says where and why a text is not a manifest. The text may come from somebody else's archive: the host
 * looks at its paths beneath a tree, or compares them, and prints its names.
 */
export function readManifestText(text: string): Manifest | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return "it is not JSON";
  }
  try {
    return parseValue(value);
  } catch (error) {
    if (error instanceof Wrong) return error.message;
    throw error;
  }
}

class Wrong extends Error {}

function parseValue(value: unknown): Manifest {
  const object = parseObject(value, "it", ["version", "population", "packages", "entries"]);
  if (object["version"] !== version) throw new Wrong("its version is not supported");
  const packages = parseArray(object["packages"], "packages").map(parsePackage);
  const entries = parseArray(object["entries"], "entries").map(parseEntry);
  const seen = new Set<string>();
  for (const { path } of entries) {
    if (seen.has(path)) throw new Wrong(`${quoteName(path)} occurs twice`);
    seen.add(path);
  }
  return { population: parseText(object["population"], "population", plain), packages, entries };
}

// Printable ASCII.
const plain = /^[\x20-\x7e]*$/;
const packageName = /^[A-Za-z0-9][A-Za-z0-9+._~:-]*$/;
const sources = { directory: ["copyTree", "at"], file: ["copy", "text", "madeBy"], link: ["link"] } as const;
const largestId = 2 ** 32 - 2;

function parsePackage(value: unknown, index: number): Manifest["packages"][number] {
  const where = `package ${index + 1}`;
  const { name, version: installed, source } = parseObject(value, where, ["name", "version", "source"]);
  return {
    name: parseText(name, `${where}: name`, packageName) as PackageName,
    version: parseText(installed, `${where}: version`, plain),
    source: parseText(source, `${where}: source`, plain),
  };
}

function parseEntry(value: unknown, index: number): ManifestEntry {
  const keys = ["path", "kind", "owner", "group", "mode", "source", "content", "reason"];
  const object = parseObject(value, `entry ${index + 1}`, keys);
  const path = parsePath(object["path"], `entry ${index + 1}: path`);
  const where = `entry ${index + 1} (${quoteName(path)})`;
  const { kind } = object;
  if (kind !== "directory" && kind !== "file" && kind !== "link") throw new Wrong(`${where}: kind is unknown`);
  const content = object["content"];
  if (content !== undefined && kind !== "file") throw new Wrong(`${where}: only a file has content`);
  return {
    path,
    kind,
    owner: parseNumber(object["owner"], `${where}: owner`, largestId),
    group: parseNumber(object["group"], `${where}: group`, largestId),
    mode: Number.parseInt(parseText(object["mode"], `${where}: mode`, /^[0-7]{4}$/), 8),
    source: parseSource(object["source"], kind, where),
    ...(content === undefined ? {} : { content: parseContent(content, where) }),
    reason: parseText(object["reason"], `${where}: reason`, /^[^\0]*$/),
  } as ManifestEntry;
}

function parseSource(value: unknown, kind: keyof typeof sources, where: string): ManifestEntry["source"] {
  if (value === undefined && kind === "directory") return undefined;
  const object = parseObject(value, `${where}: source`, sources[kind]);
  const { at, ...rest } = object;
  const [key = "", ...more] = Object.keys(rest);
  const text = object[key];
  if (key === "" || more.length > 0) throw new Wrong(`${where}: source does not have exactly one key`);
  if (at !== undefined && key === "copyTree")
    return {
      copyTree: parsePath(text, `${where}: copyTree`),
      at: parseNumber(at, `${where}: at`, Number.MAX_SAFE_INTEGER),
    };
  switch (key) {
    case "copy":
    case "copyTree":
      return { [key]: parsePath(text, `${where}: ${key}`) } as ManifestEntry["source"];
    case "madeBy":
      return { madeBy: parseText(text, `${where}: madeBy`, packageName) };
    case "link":
      return { link: parseText(text, `${where}: link`, /^[^\0]+$/) };
    default:
      return { text: parseText(text, `${where}: text`, /^/) };
  }
}

function parseContent(value: unknown, where: string): FileContent {
  const { size, digest } = parseObject(value, `${where}: content`, ["size", "digest"]);
  return {
    size: parseNumber(size, `${where}: size`, Number.MAX_SAFE_INTEGER),
    digest: parseText(digest, `${where}: digest`, /^[0-9a-f]{64}$/),
  };
}

function parseObject(value: unknown, where: string, keys: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw new Wrong(`${where} is not an object`);
  const unknown = Object.keys(value).find((key) => !keys.includes(key));
  if (unknown !== undefined) throw new Wrong(`${where} has an unknown key ${quoteName(unknown)}`);
  return value as Readonly<Record<string, unknown>>;
}

function parseArray(value: unknown, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new Wrong(`${where} is not a list`);
  return value;
}

function parseText(value: unknown, where: string, form: RegExp): string {
  if (typeof value !== "string" || !form.test(value)) throw new Wrong(`${where} has the wrong form`);
  return value;
}

function parseNumber(value: unknown, where: string, largest: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= largest) return value;
  throw new Wrong(`${where} is not a number from 0 to ${largest}`);
}

// The kernel accepts no longer ones (PATH_MAX with its zero byte, NAME_MAX).
const longestPath = 4095;
const longestName = 255;

// An absolute path, valid for the sandbox and the host, without `.` or `..` in it. Its length comes first: on one of
// megabytes the regular expression would run out of stack.
function parsePath(value: unknown, where: string): string {
  if (typeof value === "string" && Buffer.byteLength(value) > longestPath) throw new Wrong(`${where} is too long`);
  const path = parseText(value, where, /^(\/[^/\0]+)+$/);
  const names = path.split("/");
  if (names.some((name) => Buffer.byteLength(name) > longestName))
    throw new Wrong(`${where} has a name that is too long`);
  if (names.some((name) => name === "." || name === "..")) throw new Wrong(`${where} has the wrong form`);
  return path;
}
