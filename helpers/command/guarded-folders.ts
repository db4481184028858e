import { existsSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { stateRoot } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { quoteForShell } from "../../base/text.ts";
import { loadConf } from "../../conf/load-conf.ts";
import { isWithin } from "../../conf/values/mount.ts";
import { run } from "../host/process/run.ts";
import { guardedList, readGuarded } from "../run/guard/guarded-list.ts";
import { describeCover } from "../sandbox/compare/explain-absence.ts";
import { printableName } from "../sandbox/untrusted-text.ts";

/**
 * Lists the folders of the host that this sandbox can write, and that the host guards against set-user-id files only
 * because of it.
 */
export function listGuarded(name: SandboxName): readonly string[] {
  const own = guardedList(name);
  const others = globSync(join(stateRoot, "*", basename(own))).filter((path) => path !== own);
  const kept = new Set(others.flatMap(readGuarded));
  return readGuarded(own).filter((folder) => !kept.has(folder));
}

// A sandbox may have made an endless tree in the folder.
const milliseconds = 10_000;

/**
 * Describes the dangerous files in a folder that is no longer guarded after the next boot; undefined if there are none.
 */
export async function describeLeftovers(folder: string): Promise<string | undefined> {
  if (!existsSync(folder)) return undefined;
  const clean = `find ${quoteForShell(folder)} -xdev -type f -perm /6000 -exec chmod ug-s {} +`;
  const until = "They have no effect on this host until the next boot. Run this before it:";
  const first = await findSetId(folder);
  if (first === undefined) return undefined;
  if (first === "unknown")
    return `${folder} could not be searched within ${milliseconds / 1000} s. It may contain set-user-id files of the sandbox. ${until} ${clean}`;
  return `${folder} has set-user-id files, or files with capabilities, such as ${printableName(first)}. ${until} ${clean}; getcap -r ${quoteForShell(folder)}`;
}

async function findSetId(folder: string): Promise<string | undefined> {
  try {
    const search = ["-xdev", "-type", "f", "-perm", "/6000", "-print", "-quit"];
    const { stdout } = await run("find", [folder, ...search], { timeout: milliseconds, accept: [1] });
    if (stdout !== "") return stdout;
    // getcap exists only if libcap's programs are installed.
    const capable = await run("sh", ["-c", 'command -v getcap >/dev/null || exit 0; getcap -r "$1"', "sh", folder], {
      timeout: milliseconds,
      accept: [1],
    });
    return capable.stdout === "" ? undefined : (capable.stdout.split("\n", 1)[0] ?? "");
  } catch {
    return "unknown";
  }
}

/** Says what a sandbox has in place of this part of its root; undefined if that is the root's own. */
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
