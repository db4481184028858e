import { existsSync, readFileSync } from "node:fs";

/** A file of tmpfiles.d(5) that a command's packages bring. */
export interface TemporaryFile {
  readonly name: string;
  /** What it asks for, where that is nothing but folders of root's below /run, which can be there before anything runs. */
  readonly folders?: readonly RunFolder[] | undefined;
}

export interface RunFolder {
  /** Below /run. */
  readonly path: string;
  readonly mode: number;
}

/** Reads what the host's packages ship under this name. What an administrator has put in its place is left to systemd-tmpfiles. */
export function readTemporaryFile(name: string): TemporaryFile {
  const shipped = `/usr/lib/tmpfiles.d/${name}`;
  const isShipped = existsSync(shipped) && !existsSync(`/usr/local/lib/tmpfiles.d/${name}`);
  return { name, folders: isShipped ? findRunFolders(readFileSync(shipped, "utf8")) : undefined };
}

/** The folders that a text of tmpfiles.d(5) asks for; undefined when there is a line that asks for anything else. */
export function findRunFolders(text: string): readonly RunFolder[] | undefined {
  const folders = text
    .split("\n")
    .filter((line) => !/^\s*(#|$)/.test(line))
    .map(parseLine);
  return folders.every((each) => each !== undefined) ? folders : undefined;
}

// A path of plain names: no specifiers, and nothing that leads elsewhere.
const pathBelowRun = /^(?:\/var)?\/run((?:\/[\w@-][\w@.-]*)+)\/?$/;

function parseLine(line: string): RunFolder | undefined {
  const [type = "", path = "", mode = "-", user = "-", group = "-"] = line.trim().split(/\s+/);
  const below = pathBelowRun.exec(path)?.[1];
  const isRoots = [user, group].every((who) => ["-", "root", "0"].includes(who));
  if (!["d", "D"].includes(type) || below === undefined || !isRoots) return undefined;
  if (!/^(-|[0-7]{3,4})$/.test(mode)) return undefined;
  return { path: below.slice(1), mode: mode === "-" ? 0o755 : Number.parseInt(mode, 8) };
}
