import { join } from "node:path";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { readStartControl, startDirectory } from "../start-files.ts";

/** The first words of a command that enters a sandbox; TERM, USER and FOLDER follow (helpers/enter.ts). */
export function enterWords(name: SandboxName, initPid: number): readonly [string, ...string[]] {
  const control = readStartControl(name);
  const profile = control.kind === "apparmor" ? control.entry : "-";
  return [join(helperDirectory, "enter"), String(initPid), join(startDirectory(name), "system-calls"), profile];
}
