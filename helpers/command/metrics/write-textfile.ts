import { closeSync, constants, fchmodSync, openSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { withPath } from "../../../base/files.ts";
import { isSameProcess, ownStart } from "../../host/process/processes.ts";

/** A file of node_exporter's folder, with that folder open. Declare it with `using`. */
export interface Textfile extends Disposable {
  /** Replaces the file in one piece, so that node_exporter reads the old or the new one. */
  readonly write: (text: string) => void;
}

/**
 * Opens the folder of a file. It follows no link to it: on Debian a user of the host owns the folder above, and must not choose where root
 * writes. Throws a SandboxError if it is not there, before anything else is read.
 */
export function openTextfile(path: string): Textfile {
  const [folder, name] = [dirname(resolve(path)), basename(path)];
  if (!/^[^.].*\.prom$/.test(name))
    throw new SandboxError(`${path} does not end in .prom, so node_exporter would not read it`, { status: 2 });
  const handle = openFolder(folder);
  const at = (entry: string): string => `/proc/self/fd/${handle}/${entry}`;
  return {
    write: (text) => {
      withPath(folder, () => {
        for (const left of readdirSync(at(".")).filter((entry) => isLeft(entry, name))) rmSync(at(left));
        // Not in the way of a file that somebody else has put there.
        const fresh = `.${name}.new-${process.pid}-${ownStart()}`;
        try {
          writeReadable(at(fresh), text);
          renameSync(at(fresh), at(name));
        } catch (error) {
          rmSync(at(fresh), { force: true });
          throw error;
        }
      });
    },
    [Symbol.dispose]: () => {
      closeSync(handle);
    },
  };
}

function openFolder(folder: string): number {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  try {
    return openSync(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    if (code === "ENOENT")
      throw new SandboxError(`${folder} does not exist`, {
        hint: "Install node_exporter (Debian: prometheus-node-exporter), or name the folder of its option --collector.textfile.directory",
      });
    if (code === "ENOTDIR" || code === "ELOOP")
      throw new SandboxError(`${folder} is not a folder`, {
        hint: "If it is a link, name the folder that it leads to",
      });
    throw error;
  }
}

// node_exporter runs as a user of its own, and whoever calls us may have any umask(2).
function writeReadable(path: string, text: string): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeFileSync(file, text);
    fchmodSync(file, 0o644);
  } finally {
    closeSync(file);
  }
}

// Of a run that was killed.
function isLeft(entry: string, name: string): boolean {
  if (!entry.startsWith(`.${name}.new-`)) return false;
  const [, pid = "", began = ""] = /^\.new-(\d+)-(\d+)$/.exec(entry.slice(name.length + 1)) ?? [];
  return pid !== "" && !isSameProcess(Number(pid), began);
}
