import { join } from "node:path";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import type { KnownProcess } from "../../host/process-start.ts";
import { readStartControl, startDirectory } from "../start-files.ts";

/** The first words of a command that enters a sandbox; TERM, USER and FOLDER follow (helpers/enter.ts). */
export function enterWords(name: SandboxName, init: KnownProcess): readonly [string, ...string[]] {
  const control = readStartControl(name);
  const profile = control.kind === "apparmor" ? control.entry : "-";
  return [
    join(helperDirectory, "enter"),
    `${init.pid}:${init.began}`,
    join(startDirectory(name), "system-calls"),
    profile,
  ];
}
