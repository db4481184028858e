import { rootTree } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import type { Manifest } from "../manifest/manifest.ts";
import { run } from "../../host/run.ts";

/** One line for the journal: what the tree was made from, its size on disk and how long it took, in milliseconds. */
export async function describePopulation(name: SandboxName, manifest: Manifest, took: number): Promise<string> {
  const { stdout } = await run("du", ["--summarize", "--one-file-system", "--human-readable", rootTree(name)]);
  const size = stdout.split("\t")[0] ?? "";
  return `${manifest.entries.length} entries from ${manifest.packages.length} packages, ${size}, ${Math.round(took)} ms`;
}
