import { allVerbs } from "../helpers/command/all-verbs.ts";
import type { Kind } from "../helpers/command/verb.ts";

/** The verbs whose first word is a sandbox. */
export const verbsOfSandboxes: readonly string[] = allVerbs
  .filter(({ places }) => Object.values(places)[0] === "sandbox")
  .map(({ name }) => name);

const words: Readonly<Record<Kind, string>> = {
  sandbox: "fresh",
  unit: "none.service",
  snapshot: "none",
  assignment: "TimeoutStopSec=7",
  network: "none",
  file: "/etc",
  any: "fresh",
};

const special: Readonly<Record<string, readonly string[]>> = {
  "copy-from": ["/etc/hostname", "/root/never"],
  "copy-to": ["/etc/hostname", "/root"],
  create: ["--", "/bin/true"],
  execute: ["--", "true"],
};

/** A line with a verb, a sandbox, and the words that the verb needs after it. */
export function lineFor(verb: string, name: string): readonly string[] {
  const places = Object.entries(allVerbs.find((each) => each.name === verb)?.places ?? {}).slice(1);
  const usual = places.filter(([place]) => place.startsWith("<")).map(([, kind]) => words[kind]);
  return [verb, name, ...(special[verb] ?? usual)];
}
