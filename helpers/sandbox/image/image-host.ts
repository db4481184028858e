import { existsSync, statfsSync } from "node:fs";
import { findLoopDevice } from "../../host/loop-devices.ts";
import { type QuickResult, runQuick } from "../../host/run-quick.ts";
import { printWarning } from "../../host/run-helper.ts";

/**
 * The requests to the host that make and check an image. Unit tests replace them. The files of the image are real in
 * both.
 */
export interface ImageHost {
  readonly run: (program: string, args: readonly string[]) => Promise<QuickResult>;
  /** Bytes that any user may still use in the file system of a folder. */
  readonly freeBytes: (folder: string) => number;
  readonly isMounted: (image: string) => Promise<boolean>;
  readonly hasSelinux: () => boolean;
  readonly warn: (text: string) => void;
}

export const ownHost: ImageHost = {
  run: runQuick,
  freeBytes: (folder) => {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  },
  isMounted: async (image) => (await findLoopDevice(image)) !== undefined,
  hasSelinux: () => existsSync("/sys/fs/selinux/enforce"),
  warn: printWarning,
};
