import { rootDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { readVersions } from "../host/packages/open-database.ts";
import type { Version } from "../host/packages/package-database.ts";
import { parseManifestPackages, startOfEntries, version } from "../sandbox/manifest/manifest.ts";
import {
  findOutdatedFiles,
  onceForEach,
  outdatedCounter,
  readManifestBytes,
  readSetting,
  type ReadSetting,
} from "./outdated.ts";

/** What an upgrade would bring a sandbox, as the numbers that `list` knows; null where that is not known. */
export interface UpgradesDue {
  readonly packages: number | null;
  readonly files: number | null;
}

export type FindDue = (name: SandboxName) => UpgradesDue;

/** Reads the versions of the host's packages once for many sandboxes. If they cannot be read, no number of packages is known. */
export async function openUpgradesDue(): Promise<FindDue> {
  const versions = await readVersions(rootDirectory).catch(() => undefined);
  const judge = manifestJudge(versions, readSetting);
  return (name) => judge(readManifestBytes(name));
}

// Before it there is what differs from one conf to the next.
const startOfPackages = '"packages":[';

/**
 * Judges many manifests. Sandboxes of the same service have the same packages, so these are compared once, and a manifest is not
 * parsed but for these and a few lines.
 */
export function manifestJudge(
  versions: readonly Version[] | undefined,
  read: ReadSetting,
): (manifest: Buffer) => UpgradesDue {
  const count = versions === undefined ? () => null : onceForEach(packagesCounter(versions));
  const readOnce = onceForEach(read);
  return (manifest) => {
    const [start, end] = [startOfPackages, startOfEntries].map((word) => manifest.indexOf(word));
    if (start === undefined || end === undefined || start === -1 || end === -1) return { packages: null, files: null };
    return {
      packages: count(manifest.toString("utf8", start, end)),
      files: findOutdatedFiles(manifest, readOnce).length,
    };
  };
}

function packagesCounter(versions: readonly Version[]): (packages: string) => number | null {
  const count = outdatedCounter(versions);
  return (text) => {
    const packages = parseManifestPackages(`{"version":${version},"population":"",${text}${startOfEntries}`);
    return packages === undefined ? null : count(packages);
  };
}
