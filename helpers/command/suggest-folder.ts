import { dirname } from "node:path";
import type { Conf } from "../../generator/conf/conf.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { isWithin } from "../../generator/conf/values/parse-mount.ts";

/** Finds the folder of /usr in which a service tried to write, in its messages. Undefined if they name none. */
export function findWrittenFolder(said: string): string | undefined {
  const [path] = said
    .split("\n")
    .filter((line) => /read-only file system/i.test(line))
    .flatMap((line) => /(?<![\w./-])\/usr\/[\w.@+/-]*\w/.exec(line)?.[0] ?? []);
  // Root inside may write anything there.
  return path === undefined || path.includes("/..") ? undefined : dirname(path);
}

/**
 * Says that a service tried to write in a folder of /usr. If it is empty on the host, this suggests a folder of
 * the sandbox's own in that place. Null for /usr itself, and for a folder that the conf covers already.
 */
export function suggestFolder(
  name: SandboxName,
  conf: Pick<Conf, "Mount">,
  folder: string,
  isEmpty: boolean,
): string | null {
  if (!folder.startsWith("/usr/") || conf.Mount.some(({ target }) => isWithin(folder, target))) return null;
  const reason = `It tries to write in ${folder}, and a sandbox has the host's /usr read-only`;
  if (!isEmpty) return `${reason}. If it can be configured to write elsewhere, choose a folder in /var`;
  const setting = `Mount=guest-bind:${folder}=/srv${folder}`;
  // The command replaces all values of a setting.
  const how = conf.Mount.length === 0 ? `sandboxcontainer set ${name} ${setting}` : `add ${setting} to its conf`;
  return `${reason}. This gives it a folder of its own there: ${how}`;
}
