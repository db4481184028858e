import type { Command } from "commander";

/** The kind of word that a place of the command line takes. */
export type Kind = "sandbox" | "unit" | "snapshot" | "assignment" | "network" | "file" | "any";

export interface Flag {
  /** `--unit`, and `-u` if the option has a letter. */
  readonly names: readonly string[];
  readonly help: string;
  /** Undefined for an option without a value. */
  readonly takes: Kind | undefined;
}

export interface Verb {
  readonly name: string;
  readonly help: string;
  readonly flags: readonly Flag[];
  /** The places after the verb. The last one also stands for all words that follow. */
  readonly places: readonly Kind[];
}

// The keys are the names of arguments and values in the description of the command line.
const kinds: Readonly<Record<string, Kind>> = {
  name: "sandbox",
  old: "sandbox",
  unit: "unit",
  pattern: "unit",
  snapshot: "snapshot",
  assignment: "assignment",
  "key=value": "assignment",
  network: "network",
  path: "file",
  folder: "file",
  file: "file",
  source: "file",
  "source-or-dest": "file",
  "name-or-file": "sandbox",
  "executable-or-command": "file",
};

/** The kind of word that an argument, a value of an option or a setting takes, by what the description calls it. */
export const kindOf = (takes: string): Kind => kinds[takes] ?? "any";

/** Lists all verbs with their options and arguments, from the description of the command line. */
export const listVerbs = (program: Command): readonly Verb[] =>
  program.commands
    .map((command) => ({
      name: command.name(),
      help: command.description(),
      places: command.registeredArguments.map((argument) => kindOf(argument.name())),
      flags: command.options.map((option) => ({
        names: [option.long, option.short].filter((name) => name !== undefined),
        help: option.description,
        takes: option.isBoolean() ? undefined : kindOf(/[<[]([^\]>]*)/.exec(option.flags)?.[1] ?? ""),
      })),
    }))
    .filter(({ name }) => name !== "complete");
