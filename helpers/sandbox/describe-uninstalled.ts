import { rootDirectory } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { readVersions } from "../host/packages/open-database.ts";
import { readManifestPackages } from "./manifest/read-manifest.ts";
import { sayUninstalled } from "./uninstalled.ts";

/** An error that names what a sandbox misses on the host, and the packages that were removed. */
export async function describeUninstalled(name: SandboxName, missing: readonly string[]): Promise<SandboxError> {
  const installed = new Set((await readVersions(rootDirectory).catch(() => [])).map((each) => each.name));
  const removed = (readManifestPackages(name) ?? []).map((each) => each.name).filter((each) => !installed.has(each));
  return new SandboxError(sayUninstalled(missing, removed), {
    hint: `Install ${removed.length === 0 ? "what has it" : "that"} again; the data of ${name} stay. Or let it run something else: sandboxcontainer edit ${name}`,
  });
}
