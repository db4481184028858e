import { rootDirectory } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import type { Version } from "../host/packages/package-database.ts";
import { readVersions } from "../host/packages/open-database.ts";
import { readManifestPackages } from "../sandbox/manifest/read-manifest.ts";

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
