import { confFile, rootTree, runtimeDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { print, printJson } from "../output.ts";
import { requireSandbox } from "../require-sandbox.ts";
import type { Verb } from "../verb.ts";

export const verb: Verb = {
  name: "paths",
  group: "Look",
  summary: "show where the files of a sandbox are",
  places: { "<name>": "sandbox" },
  json: `{ conf: string; root: string; runtime: string }`,
  examples: ["paths web1"],
  run: (text: string, { json }: { json?: boolean }) => {
    const paths = listPaths(requireSandbox(text));
    if (json === true) printJson(paths);
    else print(`${Object.values(paths).join("\n")}\n`);
  },
};

/** The files of a sandbox, whether they exist or not. */
export const listPaths = (name: SandboxName): { conf: string; root: string; runtime: string } => ({
  conf: confFile(name),
  root: rootTree(name),
  runtime: runtimeDirectory(name),
});
