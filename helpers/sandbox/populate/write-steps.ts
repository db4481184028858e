import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { formatMode } from "../manifest/manifest.ts";
import type { MaintainerSteps } from "../manifest/maintainer-steps.ts";
import { replaceFile } from "../state.ts";

const folderOf = (name: SandboxName): string => join(stateDirectory(name), "configure");

/**
 * Leaves for sandbox-configure@NAME.service in `configure/` of the state directory, a line each: `packages`, those whose
 * scripts still have to run; `made`, the files in /etc to keep, with owner and mode; `unlisted`, those that are not there for the scripts;
 * and for each start of a command, `temporary`. `done` is
 * its own: a package is configured once in a sandbox's life.
 */
export function writeSteps(name: SandboxName, { packages, made, unlisted, temporary }: MaintainerSteps): void {
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const doneFile = join(folder, "done");
  const done = new Set(existsSync(doneFile) ? readFileSync(doneFile, "utf8").split("\n") : []);
  const put = (file: string, lines: readonly string[]): void => {
    replaceFile(join(folder, file), lines.map((line) => `${line}\n`).join(""));
  };
  put(
    "made",
    made.map(({ path, owner, group, mode }) => `${owner}:${group} ${formatMode(mode)} ${path}`),
  );
  put("unlisted", unlisted);
  put("temporary", temporary);
  put(
    "packages",
    packages.map((each) => each.name).filter((each) => !done.has(each)),
  );
}

/** Names of the files of tmpfiles.d(5) that a sandbox's packages bring. */
export function readTemporary(name: SandboxName): readonly string[] {
  const file = join(folderOf(name), "temporary");
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
}
