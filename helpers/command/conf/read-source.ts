import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { findDropIns } from "../../../generator/conf/find-conf-files.ts";
import { listSandboxes } from "../../../generator/conf/load-conf.ts";
import { confDirectories, confFile, rootTree } from "../../../generator/conf/paths.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { hasImage } from "../../sandbox/image/mount-image.ts";

/** The conf of a sandbox as text. */
export interface Source {
  readonly text: string;
  /** By their file names. */
  readonly dropIns: ReadonlyMap<string, string>;
}

/** The conf of a sandbox that has a root, wherever it stands; throws a SandboxError. */
export function readSource(source: SandboxName): Source {
  const path = listSandboxes().find((sandbox) => sandbox.name === source)?.path;
  if (path === undefined)
    throw new SandboxError(`sandbox ${source} has no conf`, { hint: `It would be ${confFile(source)}` });
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
