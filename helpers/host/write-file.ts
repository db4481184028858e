import { writeFileSync } from "node:fs";
import { withPath } from "./with-path.ts";

/** The same as writeFileSync, but an error of write(2) or fsync(2), such as ENOSPC, also names the file. */
export const writeFile: typeof writeFileSync = (path, data, options) => {
  withPath(String(path), () => {
    writeFileSync(path, data, options);
  });
};
