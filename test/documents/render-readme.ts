import type { Verb } from "../../helpers/command/verb.ts";

const header = "| command | what it does |\n|---|---|\n";

/** Renders README.md with its table of verbs: the first example of each, and what the help says. */
export function renderReadme(page: string, verbs: readonly Verb[]): string {
  const [before = "", rest = ""] = page.split(header, 2);
  const rows = verbs.map(({ examples, summary }) => `| \`sandboxcontainer ${examples[0] ?? ""}\` | ${summary} |`);
  return [before, header, rows.join("\n"), rest.slice(rest.indexOf("\n\n"))].join("");
}
