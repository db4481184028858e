import { basename } from "node:path";
import type { Command } from "commander";
import { type Candidate, planCompletion } from "../completion/plan-completion.ts";
import { listVerbs } from "../completion/list-verbs.ts";
import { runQuick } from "../../host/run-quick.ts";
import { listUnitFiles } from "../../host/unit-files.ts";
import { print } from "../output.ts";
import { listNames } from "../list-names.ts";

/**
 * Prints the candidates for the last word, one a line, with a tab and their help. `:file` says that files are possible
 * too. The scripts in `completion/` call this.
 */
export async function completeLine(program: Command, line: readonly string[]): Promise<void> {
  const { words, kind } = planCompletion(listVerbs(program), line);
  const current = line.at(-1) ?? "";
  const candidates = [...words, ...(kind === "sandbox" ? listSandboxes() : kind === "unit" ? await listUnits() : [])];
  const fitting = candidates.filter(({ word }) => word.startsWith(current));
  print([...fitting.map(({ word, help }) => `${word}\t${help}\n`), kind === "file" ? ":file\n" : ""].join(""));
}

const listSandboxes = (): readonly Candidate[] => listNames().map((word) => ({ word, help: "sandbox" }));

// Not from systemctl list-unit-files, for which systemd finds out the state of each.
async function listUnits(): Promise<readonly Candidate[]> {
  const { output } = await runQuick("systemd-path", ["systemd-search-system-unit"]);
  return listUnitFiles(output.split(":"))
    .map((path) => basename(path))
    .filter((word) => /\.(service|socket)$/.test(word))
    .sort()
    .map((word) => ({ word, help: "unit" }));
}
