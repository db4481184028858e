import { lstatSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { orMissing } from "../../base/files.ts";
import { manifestFile, rootDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { readVersions } from "../host/packages/open-database.ts";
import type { Version } from "../host/packages/package-database.ts";
import { readManifestPackages } from "../sandbox/manifest/manifest.ts";
import { digestOf } from "../sandbox/tree/look-up.ts";

/** Lists the settings of the host that a root has as they were, by their paths. */
export type FindOutdatedFiles = (name: SandboxName) => readonly string[];

/**
 * Settings of the machine that every root has and that a person changes, not a package. What programs write themselves,
 * such as ld.so.cache, changes too often to be told.
 */
const settings = [
  ...["localtime", "timezone", "locale.conf", "default/locale"],
  ...["nsswitch.conf", "host.conf", "gai.conf", "networks", "ethers"],
  ...["ld.so.preload", "environment", "login.defs", "ssl/openssl.cnf", "ca-certificates.conf"],
].map((name) => `/etc/${name}`);

// `formatManifest` writes a line for each entry, which begins with its path.
const needles: ReadonlyMap<string, Buffer> = new Map(
  settings.map((path) => [path, Buffer.from(`\n{"path":${JSON.stringify(path)},`)]),
);

/** The target of a link, or the digest of a file; undefined if there is nothing. */
export type ReadSetting = (path: string) => string | undefined;

/** Reads each setting of the host once for all sandboxes. */
export function openOutdatedFiles(read: ReadSetting = readSetting): FindOutdatedFiles {
  const readOnce = onceForEach(read);
  return (name) => findOutdatedFiles(readManifestBytes(name), readOnce);
}

/** Empty without one. */
export const readManifestBytes = (name: SandboxName): Buffer =>
  orMissing(() => readFileSync(manifestFile(name))) ?? Buffer.alloc(0);

/** Compares the settings in a manifest with those of the host. Parses only their lines. */
export const findOutdatedFiles = (manifest: Buffer, read: ReadSetting): readonly string[] =>
  [...needles].flatMap(([path, needle]) => {
    const was = findSetting(manifest, needle);
    return was === undefined || was === read(path) ? [] : [path];
  });

function findSetting(manifest: Buffer, needle: Buffer): string | undefined {
  const start = manifest.indexOf(needle);
  if (start === -1) return undefined;
  const line = manifest.toString("utf8", start + 1, manifest.indexOf("\n", start + 1)).replace(/,$/, "");
  try {
    const { source, content } = JSON.parse(line) as {
      readonly source?: { readonly link?: string };
      readonly content?: { readonly digest?: string };
    };
    return source?.link ?? content?.digest;
  } catch {
    return undefined;
  }
}

/** Reads a setting of this host. */
export function readSetting(path: string): string | undefined {
  const whole = join(rootDirectory, path);
  return orMissing(() => {
    const stats = lstatSync(whole);
    if (stats.isSymbolicLink()) return readlinkSync(whole);
    return stats.isFile() ? digestOf([readFileSync(whole)]) : undefined;
  });
}

/** Counts the packages of a sandbox's root that the host has in another version, or no longer; null without a root. */
export type CountOutdated = (name: SandboxName) => number | null;

/** Reads the versions of the host's packages once for all sandboxes. If they cannot be read, no count is known. */
export async function openOutdated(): Promise<CountOutdated> {
  const versions = await readVersions(rootDirectory).catch(() => undefined);
  if (versions === undefined) return () => null;
  const count = outdatedCounter(versions);
  return (name) => {
    const packages = readManifestPackages(name);
    return packages === undefined ? null : count(packages);
  };
}

export function outdatedCounter(versions: readonly Version[]): (packages: readonly Version[]) => number {
  const installed = new Set(versions.map(describe));
  return (packages) => packages.filter((each) => !installed.has(describe(each))).length;
}

const describe = ({ name, version }: Version): string => `${name} ${version}`;

/** Calls a function once for each text, and remembers what it said. */
export function onceForEach<Result>(ask: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, { readonly result: Result }>();
  return (text) => {
    const found = known.get(text) ?? { result: ask(text) };
    known.set(text, found);
    return found.result;
  };
}
