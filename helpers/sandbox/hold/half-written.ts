import { existsSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { confFile } from "../../../base/paths.ts";
import { parseSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import { isSameProcess } from "../../host/process/processes.ts";

const confFolder = dirname(confFile(parseSandboxName("any")));

/** Confs that a killed command did not finish writing, with the names of `besideOf`: of one sandbox, or of all. */
export function findHalfWritten(name?: SandboxName): readonly string[] {
  if (!existsSync(confFolder)) return [];
  return readdirSync(confFolder)
    .filter((entry) => {
      const [, conf, pid, began] = /^(.+\.conf)\.new-(\d+)-(\d+)$/.exec(entry) ?? [];
      const isWanted = name === undefined || conf === basename(confFile(name));
      return isWanted && pid !== undefined && began !== undefined && !isSameProcess(Number(pid), began);
    })
    .map((entry) => join(confFolder, entry));
}
