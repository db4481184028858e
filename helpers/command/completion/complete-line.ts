import { print } from "../output.ts";
import { listCandidates } from "./list-candidates.ts";
import { type KnownVerb, planCompletion } from "./plan-completion.ts";

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
