import { print } from "../output.ts";
import type { Description, Kind, ListedOption } from "../verb.ts";
import { listCandidates } from "./list-candidates.ts";

/**
 * Prints the candidates for the last word, one a line, with a tab and their help. `:file` says that files are possible
 * too. The scripts in `completion/` call this.
 */
export async function completeLine(verbs: readonly KnownVerb[], line: readonly string[]): Promise<void> {
  const { words, kind, given } = planCompletion(verbs, line);
  const current = line.at(-1) ?? "";
  const candidates = [...words, ...(kind === undefined ? [] : await listCandidates(kind, given, current))];
  const fitting = candidates.filter(({ word }) => word.startsWith(current));
  print([...fitting.map(({ word, help }) => `${word}\t${help}\n`), kind === "file" ? ":file\n" : ""].join(""));
}

export interface Candidate {
  readonly word: string;
  readonly help: string;
}

/** What completion needs to know of a verb. */
export interface KnownVerb extends Pick<Description, "name" | "summary" | "places"> {
  readonly options: readonly ListedOption[];
}

/** The words that can end a command line, or the kind of such words. */
export interface Completion {
  readonly words: readonly Candidate[];
  readonly kind: Kind | undefined;
  /** The arguments of the verb so far. */
  readonly given: readonly string[];
}

/** Plans the completion of the last word of `line`, which starts after the name of the command. */
export function planCompletion(verbs: readonly KnownVerb[], line: readonly string[]): Completion {
  const [name, ...rest] = line;
  const current = rest.at(-1);
  if (name === undefined || current === undefined)
    return ofWords(verbs.map(({ name: word, summary: help }) => ({ word, help })));
  const verb = verbs.find((each) => each.name === name);
  // The words after `--` belong to another command.
  if (verb === undefined || rest.slice(0, -1).includes("--")) return ofKind("file");
  const findValued = (word = "") => verb.options.find(({ names, hasValue }) => hasValue && names.includes(word));
  const given = rest
    .slice(0, -1)
    .filter((word, index) => !word.startsWith("-") && findValued(rest[index - 1]) === undefined);
  const valued = findValued(rest.at(-2));
  if (valued !== undefined) return ofKind(valued.takes ?? "any", given);
  if (current.startsWith("-")) return ofWords(verb.options.map(({ names: [word = ""], help }) => ({ word, help })));
  const places = Object.values(verb.places);
  return ofKind(places[given.length] ?? places.at(-1) ?? "any", given);
}

const ofWords = (words: readonly Candidate[]): Completion => ({ words, kind: undefined, given: [] });
const ofKind = (kind: Kind, given: readonly string[] = []): Completion => ({ words: [], kind, given });
