import { existsSync, readdirSync } from "node:fs";
import { SandboxError } from "../../base/errors.ts";
import { stateFile, stateRoot } from "../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../base/sandbox-name.ts";
import { listSandboxes } from "../../conf/load-conf.ts";
import { hasStamp } from "./populate/record-content.ts";

/** Lists the sandboxes that have a root and no conf. Sorted. */
export function listOrphans(): readonly SandboxName[] {
  const names = existsSync(stateRoot) ? readdirSync(stateRoot).filter(isSandboxName) : [];
  const known = new Set(listSandboxes().map(({ name }) => name));
  return names.filter((name) => !known.has(name) && existsSync(stateFile(name))).sort();
}

/**
 * Finds the roots without a conf that were made from the very conf that has this stamp, for a sandbox that has no root
 * yet: its conf was probably renamed by hand. A stamp covers all settings, and not the name.
 */
export const findFormer = (name: SandboxName, stamp: string): readonly SandboxName[] =>
  stamp === "" || existsSync(stateFile(name)) ? [] : listOrphans().filter((other) => hasStamp(other, stamp));

/** An error for a sandbox that would begin with an empty root while its data are under another name. */
export const describeFormer = (name: SandboxName, former: SandboxName): SandboxError =>
  new SandboxError(`${name} has no root, and ${former}, which has one made from the same conf, has no conf any more`, {
    hint: `If the conf was renamed, let the root follow: sandboxcontainer rename ${former} ${name}. If ${name} should begin again, delete the other first: sandboxcontainer delete ${former}`,
  });
