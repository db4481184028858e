import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findDropIns } from "../../../generator/conf/find-conf-files.ts";
import { type ConfTexts, listSandboxes } from "../../../generator/conf/load-conf.ts";
import { confDirectories, confFile, rootTree } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { hasImage } from "../../sandbox/image/mount-image.ts";

/** Reads the conf of a sandbox that has a root, in whichever folder it is. Throws a SandboxError. */
export function readSource(source: SandboxName): ConfTexts {
  const path = listSandboxes().find((sandbox) => sandbox.name === source)?.path;
  if (path === undefined)
    throw new SandboxError(`sandbox ${source} has no conf`, { hint: `Write one: ${confFile(source)}` });
  if (!existsSync(rootTree(source)) && !hasImage(source))
    throw new SandboxError(`sandbox ${source} has no root yet`, {
      hint: `Make it: systemctl start sandbox-root@${source}.service`,
    });
  const dropIns = findDropIns(confDirectories.map((folder) => join(folder, `${source}.conf.d`)));
  return {
    text: readFileSync(path, "utf8"),
    dropIns: new Map(dropIns.map((file) => [basename(file), readFileSync(file, "utf8")])),
  };
}
