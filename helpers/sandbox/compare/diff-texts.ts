import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { writeFile } from "../../../base/files.ts";
import { stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { run } from "../../host/process/run.ts";

/** A text and its name in a diff. */
export interface NamedText {
  readonly label: string;
  readonly text: string;
}

// Limits the time, because a sandbox can write a text that takes forever. The work is done by separate programs, which
// only read files that we wrote.
const timeout = 10_000;

/** The unified diff of two texts; empty if they are equal. It is not yet safe for a terminal. */
export async function diffTexts(name: SandboxName, from: NamedText, to: NamedText): Promise<string> {
  return withFiles(name, [from.text, to.text], async (files) => {
    const labels = [from, to].map(({ label }) => `--label=${label}`);
    const options = { accept: [1], exact: true, timeout };
    const { stdout } = await run("diff", ["--unified", "--text", ...labels, "--", ...files], options);
    return stdout;
  });
}

async function withFiles<T>(
  name: SandboxName,
  texts: readonly string[],
  act: (files: readonly string[]) => Promise<T>,
): Promise<T> {
  // populate removes folders with such a name if we are killed.
  const scratch = mkdtempSync(join(stateDirectory(name), "texts.new-"));
  try {
    const files = texts.map((_, index) => join(scratch, String(index)));
    for (const [index, file] of files.entries()) writeFile(file, texts[index] ?? "");
    return await act(files);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** Merges the changes of two descendants of a base; a change that both made counts once. Undefined if they conflict. */
export async function mergeTexts(
  name: SandboxName,
  own: string,
  base: string,
  other: string,
): Promise<string | undefined> {
  return withFiles(name, [own, base, other], async (files) => {
    const options = { accept: [1], exact: true, timeout };
    const { stdout, status } = await run("diff3", ["--merge", "--show-overlap", "--text", "--", ...files], options);
    return status === 0 ? stdout : undefined;
  });
}
