import type { WayPart } from "../host-folder.ts";

/** Who can come to a folder, and who can move it. */
export interface WayJudgement {
  /** No user of the host but root can come to it. */
  readonly isClosed: boolean;
  /** How far above it the topmost folder is in which others than root can move things; undefined when there is none. */
  readonly looseLevel: number | undefined;
}

/** From the folders above it, the nearest first. The mode of the folder itself says nothing: root inside can change it. */
export function judgeWay(parts: readonly WayPart[]): WayJudgement {
  const loose = parts.findLastIndex(isLoose);
  return {
    isClosed: parts.some((part) => !isLoose(part) && (part.mode & 0o011) === 0),
    looseLevel: loose === -1 ? undefined : loose + 1,
  };
}

const isLoose = ({ owner, mode }: WayPart): boolean => owner !== 0 || (mode & 0o022) !== 0;
