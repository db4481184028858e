import { existsSync, readFileSync } from "node:fs";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { orMissing } from "../host/or-missing.ts";
import { runtimeFile } from "./runtime-file.ts";

/**
 * Returns whether all that the console said is in the journal. copy-console writes down which process does it; while the
 * file is empty, launch is about to start it.
 */
export function isConsoleCopied(name: SandboxName): boolean {
  const text = orMissing(() => readFileSync(runtimeFile(name, "console"), "utf8"));
  if (text === undefined) return true;
  const pid = text.trim();
  return pid !== "" && !existsSync(`/proc/${pid}`);
}
