import { basename } from "node:path";
import type { Conf } from "./conf.ts";
import { findConflicts } from "./find-conflicts.ts";
import { loadAllConfs, type LoadedConf, loadConfFile } from "./load-conf.ts";
import { confDirectories } from "./paths.ts";
import type { ConfError } from "./sandbox-error.ts";
import { parseSandboxName } from "./sandbox-name.ts";

export interface Verdict {
  readonly errors: readonly ConfError[];
  /** What is allowed and yet hardly meant: `path:line: …`. */
  readonly warnings: readonly string[];
  /** As far as it could be read; undefined when there is none. */
  readonly conf?: Conf;
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
    conf: sandbox.conf,
  };
}

function loadOne(path: string, folders: readonly string[]): LoadedConf {
  const name = parseSandboxName(basename(path, ".conf"));
  return { name, path, ...loadConfFile(name, path, folders) };
}

function findWarnings({ conf }: LoadedConf): readonly string[] {
  const { path, line } = { line: 1, ...(conf.origins.Network?.[0] ?? { path: conf.path }) };
  return [
    ...(conf.Network.kind === "host"
      ? [
          `${path}:${line}: Network=host gives up a wall: what runs inside reaches all that listens on this host, its loopback and abstract sockets too`,
        ]
      : []),
    ...conf.Mount.flatMap((mount, index) => {
      if (mount.kind !== "host-bind" || !mount.suid) return [];
      const origin = { line: 1, ...(conf.origins.Mount?.[index] ?? { path: conf.path }) };
      return [
        `${origin.path}:${origin.line}: Mount=host-bind,suid gives up a wall: users of this host who can reach ${mount.source} may run set-user-id files that root inside leaves there`,
      ];
    }),
  ];
}
