import type { Flag, Kind, Verb } from "./list-verbs.ts";

export interface Candidate {
  readonly word: string;
  readonly help: string;
}

/** The words that can end a command line, or the kind of such words. */
export interface Completion {
  readonly words: readonly Candidate[];
  readonly kind: Kind | undefined;
  /** The arguments of the verb so far. */
  readonly given: readonly string[];
}

/** Plans the completion of the last word of `line`, which starts after the name of the command. */
export function planCompletion(verbs: readonly Verb[], line: readonly string[]): Completion {
  const [name, ...rest] = line;
  const current = rest.at(-1);
  if (name === undefined || current === undefined)
    return ofWords(verbs.map(({ name: word, help }) => ({ word, help })));
  const verb = verbs.find((each) => each.name === name);
  // The words after `--` belong to another command.
  if (verb === undefined || rest.slice(0, -1).includes("--")) return ofKind("file");
  const before = rest.at(-2);
  const given = rest.slice(0, -1).filter((word, index) => isPlace(verb, word, rest[index - 1]));
  const valued = verb.flags.find(({ names, takes }) => takes !== undefined && names.includes(before ?? ""));
  if (valued?.takes !== undefined) return ofKind(valued.takes, given);
  if (current.startsWith("-")) return ofWords(verb.flags.flatMap(listNames));
  return ofKind(verb.places[given.length] ?? verb.places.at(-1) ?? "any", given);
}

const ofWords = (words: readonly Candidate[]): Completion => ({ words, kind: undefined, given: [] });
const ofKind = (kind: Kind, given: readonly string[] = []): Completion => ({ words: [], kind, given });

const listNames = ({ names, help }: Flag): readonly Candidate[] => names.slice(0, 1).map((word) => ({ word, help }));

function isPlace({ flags }: Verb, word: string, before: string | undefined): boolean {
  const isValue = flags.some(({ names, takes }) => takes !== undefined && names.includes(before ?? ""));
  return !word.startsWith("-") && !isValue;
}
