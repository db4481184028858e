import { basename } from "node:path";
import type { ConfError } from "../base/errors.ts";
import { confDirectories } from "../base/paths.ts";
import { parseSandboxName } from "../base/sandbox-name.ts";
import type { Conf } from "./conf.ts";
import { findConflicts } from "./find-conflicts.ts";
import { describeRisk, findRisks } from "./find-risks.ts";
import { loadAllConfs, loadConfFile, type LoadedConf } from "./load-conf.ts";

export interface Verdict {
  readonly errors: readonly ConfError[];
  /** Settings that are allowed but probably not intended: `path:line: …`. */
  readonly warnings: readonly string[];
  /** The part that could be read; undefined if there is no conf. */
  readonly conf?: Conf;
}

/**
 * Finds everything that is wrong with the conf of a sandbox, or with a file (a path with a slash) that will become one,
 * including ports that other sandboxes publish. Throws a SandboxError if the file is missing or not named like a
 * sandbox.
 */
export function verifyConf(target: string, folders = confDirectories): Verdict {
  const { sandboxes } = loadAllConfs(folders);
  const sandbox = target.includes("/") ? loadOne(target, folders) : sandboxes.find(({ name }) => name === target);
  if (sandbox === undefined)
    return { errors: [], warnings: [`${target} has no conf: it cannot be started, only deleted`] };
  return verifyLoaded(sandbox, sandboxes);
}

/** Finds everything that is wrong with a conf, also in relation to the confs of other sandboxes. */
export function verifyLoaded(sandbox: LoadedConf, sandboxes = loadAllConfs().sandboxes): Verdict {
  const all = [...sandboxes.filter(({ name }) => name !== sandbox.name), sandbox];
  return {
    errors: [...sandbox.errors, ...(findConflicts(all).get(sandbox.name) ?? [])],
    warnings: findRisks(sandbox.conf).map(describeRisk),
    conf: sandbox.conf,
  };
}

function loadOne(path: string, folders: readonly string[]): LoadedConf {
  const name = parseSandboxName(basename(path, ".conf"));
  return { name, path, ...loadConfFile(name, path, folders) };
}
