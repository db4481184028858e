import type { Verb } from "../../helpers/command/verb.ts";
import type { FoundVerb } from "./load-verbs.ts";

const header = `// make verbs writes this file from verbs/. In a group, lines may change places: the help has their order.
import type { ListedVerb } from "./verb.ts";

// prettier-ignore
export const allVerbs: readonly ListedVerb[] = [
`;

/** Renders helpers/command/all-verbs.ts, a line for each verb: what the command line needs to know before it loads one. */
export const renderTable = (found: readonly FoundVerb[]): string =>
  `${header}${found.map((each) => `  ${renderLine(each)},\n`).join("")}];\n`;

const renderLine = ({ verb, file, exported }: FoundVerb): string =>
  `${JSON.stringify(describe(verb)).replace(/\}$/, "")},"load":async()=>(await import("./verbs/${file}")).${exported}}`;

function describe({ name, group, summary, usage, places, options = {}, passesOn, json, examples }: Verb) {
  const all = json === undefined ? options : { ...options, "--json": "print JSON, for programs" };
  return { name, group, summary, usage, places, options: all, passesOn, examples };
}
