import { join } from "node:path";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { startDirectory } from "../start-files.ts";

/** The first words of a command that enters a sandbox; TERM, USER and FOLDER follow (helpers/enter.ts). */
export const enterWords = (name: SandboxName, initPid: number): readonly [string, ...string[]] => [
  join(helperDirectory, "enter"),
  String(initPid),
  join(startDirectory(name), "system-calls"),
];
