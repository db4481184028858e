import { type PathLike, writeFileSync } from "node:fs";
import { withPath } from "./with-path.ts";

export interface WriteOptions {
  /** The mode of a new file; by default only its owner may open it. Whoever may read a file may also lock it (flock(2)). */
  readonly mode?: number;
  readonly flag?: string;
  readonly flush?: boolean;
}

/** The same as writeFileSync but for that mode, and an error of write(2) or fsync(2), such as ENOSPC, also names the file. */
export function writeFile(path: PathLike, data: string | Uint8Array, options: WriteOptions = {}): void {
  withPath(String(path), () => {
    writeFileSync(path, data, { mode: 0o600, ...options });
  });
}
