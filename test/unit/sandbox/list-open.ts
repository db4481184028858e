import { readdirSync, readlinkSync } from "node:fs";
import { orMissing } from "../../../base/files.ts";

/** Lists what this process has open below a folder. A runtime opens files of its own as it likes. */
export const listOpen = (folder: string): readonly string[] =>
  readdirSync("/proc/self/fd")
    .map((name) => orMissing(() => readlinkSync(`/proc/self/fd/${name}`)) ?? "")
    .filter((path) => path.startsWith(folder));
