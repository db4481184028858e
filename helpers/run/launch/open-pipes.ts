import { join } from "node:path";
import { mountsDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { type OpenPipe, openPipe, openReader } from "../../host/pipes.ts";
import type { StartPlan } from "../plan/start-plan.ts";

/** The pipes in /run/host inside, opened on our side. */
export interface Pipes {
  /** The inside reports here that it is ready, or why it is not. */
  readonly outcome: OpenPipe;
  /** The inside reports here how it ended. */
  readonly ended: number;
  /** systemd inside opens this once the sandbox's units are active. */
  readonly active: number | undefined;
  /** PID 1 inside waits at this until it may have more files open. */
  readonly files: OpenPipe | undefined;
  /** And at this until its link is there. */
  readonly link: OpenPipe | undefined;
}

/** Call this before anything runs that could replace the pipes. */
export function openPipes(name: SandboxName, { active, files, link }: StartPlan["pipes"]): Pipes {
  const path = (pipe: string): string => join(mountsDirectory(name), "run/host", pipe);
  return {
    outcome: openPipe(path("outcome")),
    ended: openReader(path("ended")),
    active: active ? openReader(path("active")) : undefined,
    files: files ? openPipe(path("files")) : undefined,
    link: link ? openPipe(path("link")) : undefined,
  };
}
