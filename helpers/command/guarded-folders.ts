import { existsSync, globSync } from "node:fs";
import { basename, join } from "node:path";
import { stateRoot } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { printableName } from "../sandbox/untrusted-text.ts";
import { guardedList, readGuarded } from "../run/guard/guarded-list.ts";
import { run } from "../host/run.ts";
import { quoteForShell } from "../host/quote-for-shell.ts";

/** Folders of the host that this sandbox could write, and that the host keeps set-user-id files in from working for it alone. */
export function listGuarded(name: SandboxName): readonly string[] {
  const own = guardedList(name);
  const others = globSync(join(stateRoot, "*", basename(own))).filter((path) => path !== own);
  const kept = new Set(others.flatMap(readGuarded));
  return readGuarded(own).filter((folder) => !kept.has(folder));
}

// Whoever made what is in there may have made it endless.
const milliseconds = 10_000;

/** What to tell of a folder that is not guarded any more after the next boot; undefined when nothing is in it that could do harm. */
export async function describeLeftovers(folder: string): Promise<string | undefined> {
  if (!existsSync(folder)) return undefined;
  const clean = `find ${quoteForShell(folder)} -xdev -type f -perm /6000 -exec chmod ug-s {} +`;
  const until = "They do nothing on this host until the next boot. Before it:";
  const first = await findSetId(folder);
  if (first === undefined) return undefined;
  if (first === "unknown")
    return `${folder} could not be looked through in ${milliseconds / 1000} s: there may be set-user-id files of the sandbox in it. ${until} ${clean}`;
  return `${folder} has set-user-id files, or files with capabilities, such as ${printableName(first)}. ${until} ${clean}; getcap -r ${quoteForShell(folder)}`;
}

async function findSetId(folder: string): Promise<string | undefined> {
  try {
    const search = ["-xdev", "-type", "f", "-perm", "/6000", "-print", "-quit"];
    const { stdout } = await run("find", [folder, ...search], { timeout: milliseconds, accept: [1] });
    if (stdout !== "") return stdout;
    // Where libcap's programs are installed.
    const capable = await run("sh", ["-c", 'command -v getcap >/dev/null || exit 0; getcap -r "$1"', "sh", folder], {
      timeout: milliseconds,
      accept: [1],
    });
    return capable.stdout === "" ? undefined : (capable.stdout.split("\n", 1)[0] ?? "");
  } catch {
    return "unknown";
  }
}
