/** The kind of word that a place of the command line takes. It says what completes it. */
export type Kind = "sandbox" | "unit" | "snapshot" | "assignment" | "network" | "file" | "any";

/** The groups of the help, in their order. */
export const groups = [
  ...(["Make and remove", "Run", "Look", "Go inside"] as const),
  ...(["Change", "Copy and keep", "Follow the host", "Explain"] as const),
];

export interface VerbOption {
  readonly help: string;
  /** What completes its value, if anything does. */
  readonly takes?: Kind;
  readonly repeats?: boolean;
  /** Whether it stays out of the help. */
  readonly hidden?: boolean;
}

/** What the command line, the help and the completion know of a verb. */
export interface Description {
  readonly name: string;
  readonly group: (typeof groups)[number];
  readonly summary: string;
  /** How help and manual show the places and options, if not as usual. */
  readonly usage?: string;
  /** What completes each argument: `<name>`, `[name]` if it may be missing, `<name...>` if there may be several. */
  readonly places: Readonly<Record<string, Kind>>;
  /** By their names, such as `-u, --unit <unit>`; a text is the help of one. A verb with `json` has `--json` as well. */
  readonly options?: Readonly<Record<string, string | VerbOption>>;
  /** Options of another command: all that are unknown, or all that come after the first place. */
  readonly passesOn?: "unknown" | "after-first";
  /** Lines without the name of the command, for the end of the help. A test types them on a host. */
  readonly examples: readonly string[];
}

/**
 * A verb is one value in one file. all-verbs.ts, README's table, the synopsis in the manual, the tables of docs/json.md and
 * the page's types are made from these values.
 */
export interface Verb extends Description {
  /** What it prints with `--json`, as TypeScript says it. `Lines` are objects on lines, `list &` begins with the keys of `list`. */
  readonly json?: string;
  /** The same for an option with which it prints something else. */
  readonly jsonWith?: Readonly<Record<string, string>>;
  /** Gets the places, then the values of the options. */
  readonly run: (...words: never[]) => unknown;
}

/** Options without a value, by their names in the program. */
export type Flags<Name extends string> = Readonly<Partial<Record<Name, boolean>>>;

/** A verb whose code is loaded when it runs: `execute` must not wait for a D-Bus library. */
export interface ListedVerb extends Description {
  readonly load: () => Promise<Verb>;
}

export type ListedOption = ReturnType<typeof listOptions>[number];

/** Lists the options of a verb, each with its names, the long one first. */
export const listOptions = ({ options = {} }: Description) =>
  Object.entries(options).map(([spelled, option]) => ({
    spelled,
    names: [/--[a-z-]+/, /^-[a-zA-Z]/].flatMap((name) => name.exec(spelled) ?? []),
    hasValue: spelled.includes("<"),
    ...(typeof option === "string" ? { help: option } : option),
  }));
