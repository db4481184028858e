import type { Command } from "commander";
import { addSettingOptions, placeSettings, readSettingLines } from "./create/setting-options.ts";
import type { CloneOptions } from "./verbs/clone.ts";
import type { EditOptions } from "./verbs/edit.ts";
import type { ImportOptions } from "./verbs/import.ts";
import type { SetOptions } from "./verbs/set.ts";

interface Options {
  readonly json?: boolean;
}

const json = ["--json", "print JSON, for programs"] as const;
const was = [
  "--was <digest>",
  "change it only if the conf still has this SHA-256 (confDigest of show --json)",
] as const;
const running = ["-r, --running", "copy a running sandbox too; it is frozen during the copy"] as const;
const instead = ", instead of the original's";
const copySettings = [...placeSettings, "Image"] as const;

/** Adds the verbs that copy, move and keep whole sandboxes. */
export function addKeeping(program: Command): void {
  const clone = program
    .command("clone <old> <new>")
    .description("make a sandbox with the conf and the data of another; ports and addresses are not copied");
  addSettingOptions(clone, placeSettings, instead);
  addSettingOptions(clone, ["Image"])
    .option(...running)
    .option(...json)
    .action(async (source: string, name: string, options: Omit<CloneOptions, "own">) => {
      const own = readSettingLines({ ...options }, copySettings);
      await (await import("./verbs/clone.ts")).cloneSandbox(source, name, { ...options, own });
    });
  program
    .command("rename <old> <new>")
    .description("rename a stopped sandbox; it keeps its data, identity and level")
    .option(...json)
    .action(async (old: string, name: string, options: Options) => {
      await (await import("./verbs/rename.ts")).renameSandbox(old, name, options);
    });
  addArchives(program);
  addSnapshots(program);
}

function addArchives(program: Command): void {
  program
    .command("export <name> [file]")
    .description("write a sandbox to an archive: NAME.tar.zst, FILE, or `-` for standard output")
    .option(...running)
    .option(...json)
    .action(async (name: string, file: string | undefined, options: Options & { running?: boolean }) => {
      await (await import("./verbs/export.ts")).exportSandbox(name, file, options);
    });
  const command = program
    .command("import <file> [new]")
    .description("make a sandbox from an archive that `export` wrote, under its old name or a new one");
  addSettingOptions(command, placeSettings, instead)
    .option("-R, --replace", "replace an older copy of the same sandbox, which must be stopped")
    .option("-n, --dry-run", "only show its conf and what would be made")
    .option(...json)
    .action(async (file: string, name: string | undefined, options: Omit<ImportOptions, "own">) => {
      const own = readSettingLines({ ...options }, placeSettings);
      await (await import("./verbs/import.ts")).importSandbox(file, name, { ...options, own });
    });
}

function addSnapshots(program: Command): void {
  program
    .command("snapshot <name> [new]")
    .description("keep a copy of a sandbox's root under a name, by default the current time")
    .option(...running)
    .option(...json)
    .action(async (name: string, snapshot: string | undefined, options: Options & { running?: boolean }) => {
      await (await import("./verbs/snapshot.ts")).takeSnapshot(name, snapshot, options);
    });
  program
    .command("snapshots <name>")
    .description("list the snapshots of a sandbox")
    .option(...json)
    .action(async (name: string, options: Options) => {
      (await import("./verbs/snapshot.ts")).showSnapshots(name, options);
    });
  program
    .command("rollback <name> <snapshot>")
    .description("restore the root of a stopped sandbox from a snapshot")
    .option(...json)
    .action(async (name: string, snapshot: string, options: Options) => {
      await (await import("./verbs/snapshot.ts")).rollBack(name, snapshot, options);
    });
  program
    .command("delete-snapshot <name> <snapshot>")
    .description("remove a snapshot")
    .option(...json)
    .action(async (name: string, snapshot: string, options: Options) => {
      await (await import("./verbs/snapshot.ts")).deleteSnapshot(name, snapshot, options);
    });
}

/** Adds the verbs that change a conf, or what follows from it. */
export function addChanging(program: Command): void {
  program
    .command("set <name> <assignment...>")
    .description(
      "change settings in the conf: KEY=VALUE sets, KEY= removes; KEY+=VALUE and KEY-=VALUE add and remove a value",
    )
    .option(...was)
    .option(...json)
    .action(async (name: string, words: string[], options: SetOptions) => {
      await (await import("./verbs/set.ts")).setSettings(name, words, options);
    });
  program
    .command("edit <name>")
    .description("open the conf in $VISUAL or $EDITOR, check it, and put it into effect")
    .option("--replace <file>", "take the new text from this file, or with `-` from standard input, without an editor")
    .option(...was)
    .option(...json)
    .action(async (name: string, options: EditOptions) => {
      await (await import("./verbs/edit.ts")).editConf(name, options);
    });
  program
    .command("settings [name]")
    .description("list the settings that a conf may have, or what is in effect for a sandbox")
    .option(...json)
    .action(async (name: string | undefined, options: Options) => {
      (await import("./verbs/settings.ts")).showSettings(name, options);
    });
  program
    .command("resize <name> [size]")
    .description("resize the image of a sandbox to SIZE, or to the size in its conf; SIZE is also written to the conf")
    .option(...json)
    .action(async (name: string, size: string | undefined, options: Options) => {
      await (await import("./verbs/resize.ts")).resizeSandbox(name, size, options);
    });
}
