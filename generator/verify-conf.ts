import { basename } from "node:path";
import { findConflicts } from "./find-conflicts.ts";
import { loadAllConfs, type LoadedConf, loadConfFile } from "./load-conf.ts";
import { confDirectories } from "./paths.ts";
import type { ConfError } from "./sandbox-error.ts";
import { parseSandboxName } from "./sandbox-name.ts";

export interface Verdict {
  readonly errors: readonly ConfError[];
  /** What is allowed and yet hardly meant: `path:line: …`. */
  readonly warnings: readonly string[];
}

/**
 * All that is wrong with the conf of a sandbox, or with a file (a path has a slash) that is to become one. Also ports that
 * other sandboxes publish. Throws a SandboxError for a file that is not there or has no name of a sandbox.
 */
export function verifyConf(target: string, folders = confDirectories): Verdict {
  const { sandboxes } = loadAllConfs(folders);
  const sandbox = target.includes("/") ? loadOne(target, folders) : sandboxes.find(({ name }) => name === target);
  if (sandbox === undefined)
    return { errors: [], warnings: [`${target} has no conf: it cannot be started, only deleted`] };
  return verifyLoaded(sandbox, sandboxes);
}

/** All that is wrong with a conf beside those of the other sandboxes. */
export function verifyLoaded(sandbox: LoadedConf, sandboxes = loadAllConfs().sandboxes): Verdict {
  const all = [...sandboxes.filter(({ name }) => name !== sandbox.name), sandbox];
  return {
    errors: [...sandbox.errors, ...(findConflicts(all).get(sandbox.name) ?? [])],
    warnings: findWarnings(sandbox),
  };
}

function loadOne(path: string, folders: readonly string[]): LoadedConf {
  const name = parseSandboxName(basename(path, ".conf"));
  return { name, path, ...loadConfFile(name, path, folders) };
}

// The container is started by libvirtd: these reach the helpers that ask for it, and nothing inside.
const notInherited =
  /^(Environment|PassEnvironment|UnsetEnvironment|Limit|Nice|CPUScheduling|IOScheduling|OOMScore|WorkingDirectory)/;

function findWarnings({ conf }: LoadedConf): readonly string[] {
  return conf.passThrough.Service.filter(({ key }) => notInherited.test(key)).map(
    ({ path, line, key }) =>
      `${path}:${line}: ${key}= in [Service] reaches sandboxcontainer's own helpers, not what runs inside`,
  );
}
