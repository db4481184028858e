import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findDropIns } from "../../../generator/conf/find-conf-files.ts";
import { listSandboxes } from "../../../generator/conf/load-conf.ts";
import { confDirectories, confFile, rootTree } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { hasImage } from "../../sandbox/image/mount-image.ts";

/** The text of a sandbox's conf and of its drop-ins. */
export interface Source {
  readonly text: string;
  /** The drop-ins by file name. */
  readonly dropIns: ReadonlyMap<string, string>;
}

/** Reads the conf of a sandbox that has a root, in whichever folder it is. Throws a SandboxError. */
export function readSource(source: SandboxName): Source {
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
