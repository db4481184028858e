import { loadConf } from "../../generator/conf/load-conf.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { isWithin } from "../../generator/conf/values/parse-mount.ts";
import { describeCover } from "../sandbox/compare/explain-absence.ts";

/** Says what a sandbox has in the place of this part of its root; undefined if that is the root's own. */
export const findCover = (name: SandboxName, path: string): string | undefined =>
  describeCover(path) ?? describeMount(name, path);

/** Says what the conf mounts over a path; undefined if nothing, or if the conf cannot be used. */
function describeMount(name: SandboxName, path: string): string | undefined {
  try {
    const mount = loadConf(name).Mount.find(({ target }) => isWithin(path, target));
    return mount && `Mount= of its conf mounts something else on ${mount.target}`;
  } catch (error) {
    if (error instanceof SandboxError) return undefined;
    throw error;
  }
}
