import { join } from "node:path";
import { runtimeDirectory } from "../../generator/conf/paths.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";

/** A file of a running sandbox in /run. All of them are gone once it has stopped (see stop/take-down.ts). */
export const runtimeFile = (name: SandboxName, file: string): string => join(runtimeDirectory(name), file);
