import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { run } from "../../host/run.ts";

/** A text and what it is called in a difference. */
export interface NamedText {
  readonly label: string;
  readonly text: string;
}

// Of programs of their own, since a text of a sandbox's may be made to take forever. They only read what we wrote down.
const timeout = 10_000;

/** The unified difference of two texts; empty if there is none. Not yet fit for a terminal. */
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
  // A name that populate clears away, should we be killed.
  const scratch = mkdtempSync(join(stateDirectory(name), "texts.new-"));
  try {
    const files = texts.map((_, index) => join(scratch, String(index)));
    for (const [index, file] of files.entries()) writeFileSync(file, texts[index] ?? "");
    return await act(files);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** A text with the changes of two descendants of a base, a change that both made once; undefined if they contradict each other. */
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
