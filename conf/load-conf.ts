import { basename, dirname, join } from "node:path";
import { ConfError, ConfErrors, SandboxError } from "../base/errors.ts";
import { confDirectories } from "../base/paths.ts";
import type { SandboxName } from "../base/sandbox-name.ts";
import { findNearest } from "../base/text.ts";
import { findDropIns, isMaskFile, readConfFile, readConfFolders } from "./conf-files.ts";
import type { Conf } from "./conf.ts";
import { mergeConf, type MergedConf } from "./merge-conf.ts";
import { parseConf, type ParsedConf } from "./parse-conf.ts";

export interface LoadedConf extends MergedConf {
  readonly name: SandboxName;
  /** The conf file itself. */
  readonly path: string;
}

/** The name of a sandbox, and its conf file. */
export interface ListedSandbox {
  readonly name: SandboxName;
  readonly path: string;
}

/** Loads the conf of a sandbox; `folders` has the highest precedence first. Throws ConfErrors: all that is wrong. */
export function loadConf(name: SandboxName, folders = confDirectories): Conf {
  const dropInFolders = folders.map((folder) => join(folder, `${name}.conf.d`));
  for (const folder of folders) {
    const path = join(folder, `${name}.conf`);
    const file = readAndParse(path);
    if (file === undefined) continue;
    if (file === "masked") throw new SandboxError(`sandbox ${name} is masked by ${path}`, { status: 2 });
    const { conf, errors } = mergeFiles(name, file, parseFiles(defaultsFolders(folders)), dropInFolders);
    if (errors.length > 0) throw new ConfErrors(errors);
    return conf;
  }
  const nearest = findNearest(name, readConfFolders(folders).confs.keys());
  throw new SandboxError(`there is no sandbox ${name}`, {
    hint:
      nearest === undefined
        ? `Its conf would be ${join(folders[0] ?? "", `${name}.conf`)}`
        : `Did you mean ${nearest}?`,
    status: 2,
  });
}

/** Loads all confs, valid or not, sorted by name. Strays are conf files that cannot belong to a sandbox. */
export function loadAllConfs(folders = confDirectories): {
  sandboxes: readonly LoadedConf[];
  strays: readonly ConfError[];
} {
  const { confs, dropInFolders, strays } = readConfFolders(folders);
  const defaults = parseFiles(defaultsFolders(folders));
  const sandboxes: LoadedConf[] = [];
  for (const [name, path] of confs) {
    const file = readAndParse(path);
    if (file === undefined || file === "masked") continue;
    sandboxes.push({ name, path, ...mergeFiles(name, file, defaults, dropInFolders.get(name) ?? []) });
  }
  return { sandboxes, strays };
}

/** Loads a conf file from any folder, with the host's defaults and the drop-ins beside it. */
export function loadConfFile(name: SandboxName, path: string, folders = confDirectories): MergedConf {
  const file = readAndParse(path);
  if (file === undefined) throw new SandboxError(`there is no file ${path}`, { status: 2 });
  const parsed = file === "masked" ? { path, lines: [], errors: [] } : file;
  return mergeFiles(name, parsed, parseFiles(defaultsFolders(folders)), [join(dirname(path), `${basename(path)}.d`)]);
}

/** Loads a text as if it were in the conf file of a sandbox. */
export function loadConfText(name: SandboxName, path: string, text: string, folders = confDirectories): LoadedConf {
  const dropInFolders = folders.map((folder) => join(folder, `${name}.conf.d`));
  return {
    name,
    path,
    ...mergeFiles(name, parseConf(text, path), parseFiles(defaultsFolders(folders)), dropInFolders),
  };
}

/** The text of a sandbox's conf and of its drop-ins. */
export interface ConfTexts {
  readonly text: string;
  /** The drop-ins by file name. */
  readonly dropIns: ReadonlyMap<string, string>;
}

/** Loads texts as if they were the conf file of a sandbox and the drop-ins beside it. */
export function loadConfTexts(
  name: SandboxName,
  path: string,
  { text, dropIns }: ConfTexts,
  folders = confDirectories,
): LoadedConf {
  const defaults = parseFiles(defaultsFolders(folders));
  const beside = [...dropIns]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([file, dropIn]) => parseConf(dropIn, join(`${path}.d`, file)));
  const files = [...defaults, parseConf(text, path), ...beside];
  return { name, path, ...mergeConf(name, path, files, new Set(defaults.map((each) => each.path))) };
}

/** Lists all sandboxes that have a conf, valid or not, sorted by name. */
export function listSandboxes(folders = confDirectories): readonly ListedSandbox[] {
  return [...readConfFolders(folders).confs]
    .filter(([, path]) => !isMaskFile(path))
    .map(([name, path]) => ({ name, path }));
}

const defaultsFolders = (folders: readonly string[]): readonly string[] =>
  folders.map((folder) => join(folder, "defaults.conf.d"));

function mergeFiles(
  name: SandboxName,
  file: ParsedConf,
  defaults: readonly ParsedConf[],
  dropInFolders: readonly string[],
): MergedConf {
  const files = [...defaults, file, ...parseFiles(dropInFolders)];
  return mergeConf(name, file.path, files, new Set(defaults.map(({ path }) => path)));
}

function parseFiles(folders: readonly string[]): readonly ParsedConf[] {
  try {
    return findDropIns(folders).flatMap((path) => {
      const file = readAndParse(path);
      return file === undefined || file === "masked" ? [] : [file];
    });
  } catch (error) {
    if (!(error instanceof ConfError)) throw error;
    return [{ path: error.path, lines: [], errors: [error] }];
  }
}

// A file that cannot be read counts as a file with an error, not as an empty file.
function readAndParse(path: string): ParsedConf | "masked" | undefined {
  try {
    const text = readConfFile(path);
    return text === undefined ? undefined : text === "" ? "masked" : parseConf(text, path);
  } catch (error) {
    if (!(error instanceof ConfError)) throw error;
    return { path, lines: [], errors: [error] };
  }
}
