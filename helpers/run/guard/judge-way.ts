import type { WayPart } from "../host-folder.ts";

/** Who can reach a folder, and who can move it. */
export interface WayJudgement {
  /** Whether no user of the host except root can reach it. */
  readonly isClosed: boolean;
  /**
   * How far above it the topmost folder is in which users other than root can move things; undefined if there is none.
   */
  readonly looseLevel: number | undefined;
}

/**
 * Judges the folders above it, the nearest first. The mode of the folder itself says nothing, because root inside can
 * change it.
 */
export function judgeWay(parts: readonly WayPart[]): WayJudgement {
  const loose = parts.findLastIndex(isLoose);
  return {
    isClosed: parts.some((part) => !isLoose(part) && (part.mode & 0o011) === 0),
    looseLevel: loose === -1 ? undefined : loose + 1,
  };
}

const isLoose = ({ owner, mode }: WayPart): boolean => owner !== 0 || (mode & 0o022) !== 0;
