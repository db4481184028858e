import { readdirSync } from "node:fs";
import { join } from "node:path";
import { allVerbs } from "../../helpers/command/all-verbs.ts";
import { groups, type Verb } from "../../helpers/command/verb.ts";

const folder = join(import.meta.dirname, "../../helpers/command/verbs");

export interface FoundVerb {
  readonly verb: Verb;
  readonly file: string;
  /** The name by which its file exports it. */
  readonly exported: string;
}

/** Loads the verbs of all files, by groups, in the order of all-verbs.ts, and new ones at the end of their group. */
export async function loadVerbs(): Promise<readonly FoundVerb[]> {
  const order = allVerbs.map(({ name }) => name);
  const placeOf = ({ verb: { group, name } }: FoundVerb): number =>
    groups.indexOf(group) * 1000 + ((order.indexOf(name) + 1000) % 1000);
  const found = await Promise.all(readdirSync(folder).sort().map(loadFile));
  return found.flat().sort((one, other) => placeOf(one) - placeOf(other));
}

async function loadFile(file: string): Promise<readonly FoundVerb[]> {
  const module = (await import(join(folder, file))) as Readonly<Record<string, unknown>>;
  return Object.entries(module).flatMap(([exported, verb]) => (isVerb(verb) ? [{ verb, file, exported }] : []));
}

const isVerb = (value: unknown): value is Verb => typeof value === "object" && value !== null && "run" in value;
