import type { Command } from "commander";

/** What may stand in a place of the command line. */
export type Kind = "sandbox" | "unit" | "file" | "any";

export interface Flag {
  /** `--unit`, and `-u` if there is such. */
  readonly names: readonly string[];
  readonly help: string;
  /** Undefined for one that takes no value. */
  readonly takes: Kind | undefined;
}

export interface Verb {
  readonly name: string;
  readonly help: string;
  readonly flags: readonly Flag[];
  /** The places behind the verb; the last one stands for all that follow. */
  readonly places: readonly Kind[];
}

// By the names that places and values have in the command line's own description.
const kinds: Readonly<Record<string, Kind>> = {
  name: "sandbox",
  old: "sandbox",
  unit: "unit",
  path: "file",
  file: "file",
  source: "file",
  "source-or-dest": "file",
  "name-or-file": "sandbox",
  "executable-or-command": "file",
};

/** All verbs with what may follow them, from the command line's own description. */
export const listVerbs = (program: Command): readonly Verb[] =>
  program.commands
    .map((command) => ({
      name: command.name(),
      help: command.description(),
      places: command.registeredArguments.map((argument) => kinds[argument.name()] ?? "any"),
      flags: command.options.map((option) => ({
        names: [option.long, option.short].filter((name) => name !== undefined),
        help: option.description,
        takes: option.isBoolean() ? undefined : (kinds[/[<[]([^\]>]*)/.exec(option.flags)?.[1] ?? ""] ?? "any"),
      })),
    }))
    .filter(({ name }) => name !== "complete");
