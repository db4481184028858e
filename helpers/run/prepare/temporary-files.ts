import { existsSync, readFileSync } from "node:fs";

/** A file of tmpfiles.d(5) from a command's packages. */
export interface TemporaryFile {
  readonly name: string;
  /**
   * The folders that it asks for, if it asks only for folders of root below /run, which can exist before anything runs.
   */
  readonly folders?: readonly RunFolder[] | undefined;
}

export interface RunFolder {
  /** Below /run. */
  readonly path: string;
  readonly mode: number;
}

/**
 * Reads the file that the host's packages ship under this name. If an administrator has replaced it, systemd-tmpfiles
 * handles the replacement.
 */
export function readTemporaryFile(name: string): TemporaryFile {
  const shipped = `/usr/lib/tmpfiles.d/${name}`;
  const isShipped = existsSync(shipped) && !existsSync(`/usr/local/lib/tmpfiles.d/${name}`);
  return { name, folders: isShipped ? findRunFolders(readFileSync(shipped, "utf8")) : undefined };
}

/** Finds the folders that a text of tmpfiles.d(5) asks for; undefined if a line asks for anything else. */
export function findRunFolders(text: string): readonly RunFolder[] | undefined {
  const folders = text
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map(parseLine);
  return folders.every((each) => each !== undefined) ? folders : undefined;
}

// A path of plain names, without specifiers and without parts that lead elsewhere.
const pathBelowRun = /^(?:\/var)?\/run((?:\/[\w@-][\w@.-]*)+)\/?$/;

function parseLine(line: string): RunFolder | undefined {
  const [type = "", path = "", mode = "-", user = "-", group = "-"] = line.trim().split(/\s+/);
  const below = pathBelowRun.exec(path)?.[1];
  const isRoots = [user, group].every((who) => ["-", "root", "0"].includes(who));
  if (!["d", "D"].includes(type) || below === undefined || !isRoots) return undefined;
  if (!/^(-|[0-7]{3,4})$/.test(mode)) return undefined;
  return { path: below.slice(1), mode: mode === "-" ? 0o755 : Number.parseInt(mode, 8) };
}
