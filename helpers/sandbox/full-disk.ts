/** Whether something failed because a disk is full, or a quota of it. A program that we ran says so in words. */
export const isFullDisk = (error: unknown): error is Error =>
  error instanceof Error && /\b(ENOSPC|EDQUOT)\b|No space left on device|Disk quota exceeded/.test(error.message);
