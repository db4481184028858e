import { writeFile } from "./write-file.ts";
import { CAP_SYS_RESOURCE, hasCapability, readCapabilities } from "./capabilities.ts";

/** Its actions on the host. Unit tests replace them. */
export interface KillerHost {
  readonly hasRight: () => boolean;
  /** Writes the oom_score_adj of a process. Throws if the kernel refuses it. */
  readonly write: (pid: number, score: number) => void;
}

/**
 * Makes the memory killer prefer a process. Returns false if the process could still protect itself: a score that
 * somebody writes with CAP_SYS_RESOURCE also becomes the lowest that a process may give itself, and children inherit
 * it. Without that capability the old minimum stays, and only trying reveals it (__set_oom_adj() in fs/proc/base.c).
 */
export function exposeToMemoryKiller(pid: number, score: number, host: KillerHost = ownHost): boolean {
  host.write(pid, score);
  if (host.hasRight()) return true;
  try {
    host.write(pid, -1);
    return false;
  } catch {
    return true;
  }
}

const ownHost: KillerHost = {
  hasRight: () => hasCapability(readCapabilities("self", "CapEff"), CAP_SYS_RESOURCE),
  write: (pid, score) => {
    writeFile(`/proc/${pid}/oom_score_adj`, String(score));
  },
};
