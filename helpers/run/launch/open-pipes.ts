import { join } from "node:path";
import { mountsDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { type OpenPipe, openPipe, openReader } from "../../host/pipes.ts";
import type { PreparedStart } from "../start-files.ts";

/** The pipes in /run/host inside, open on our side. */
export interface Pipes {
  /** Where inside says that it is ready, or why it is not. */
  readonly outcome: OpenPipe;
  /** Where it says how it ended. */
  readonly ended: number;
  /** systemd inside opens it when the sandbox's units are active. */
  readonly active: number | undefined;
  /** What PID 1 inside waits at until it may have more files open. */
  readonly files: OpenPipe | undefined;
}

/** To be called before anything runs that could put something else in their place. */
export function openPipes(name: SandboxName, { active, files }: PreparedStart["pipes"]): Pipes {
  const path = (pipe: string): string => join(mountsDirectory(name), "run/host", pipe);
  return {
    outcome: openPipe(path("outcome")),
    ended: openReader(path("ended")),
    active: active ? openReader(path("active")) : undefined,
    files: files ? openPipe(path("files")) : undefined,
  };
}
