import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** A file or link that the generator makes. Its path is relative to the folder that systemd passes. */
export type Output =
  | { readonly kind: "file"; readonly path: string; readonly text: string }
  | { readonly kind: "link"; readonly path: string; readonly target: string };

/** Describes an output the way `--dry-run` prints it. */
export function describeOutput(output: Output): string {
  return output.kind === "link" ? `# ${output.path} -> ${output.target}\n` : `# ${output.path}\n${output.text}`;
}

/** Escapes text that systemd must take literally: `%` begins a specifier in unit files. */
export const escapeSpecifiers = (text: string): string => text.replaceAll("%", "%%");

/** Quotes text so that systemd reads it as one literal word of an Exec line (systemd.service(5), COMMAND LINES). */
export function quoteExecWord(text: string): string {
  const escaped = escapeSpecifiers(text)
    .replaceAll("$", "$$$$")
    .replaceAll(/["\\]/g, "\\$&")
    .replaceAll(/\p{Cc}/gu, (control) => `\\x${(control.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`);
  return `"${escaped}"`;
}

/** Writes all outputs below a folder, each file whole or not at all. Returns one line for each that failed. */
export function writeOutputs(directory: string, outputs: readonly Output[]): readonly string[] {
  const folders = new Set([directory]);
  return outputs.flatMap((output) => {
    const path = `${directory}/${output.path}`;
    try {
      const folder = dirname(path);
      if (!folders.has(folder)) makeFolder(folder);
      folders.add(folder);
      writeOutput(path, output);
      return [];
    } catch (error) {
      return [`${path} cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`];
    }
  });
}

// Makes one level. With `recursive` Node retries forever where the kernel makes no folders, such as below /proc.
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

// systemd passes an empty folder, so nothing is in the way. No sync is needed: the folder is gone at the next boot.
function writeOutput(path: string, output: Output): void {
  if (output.kind === "link") {
    symlinkSync(output.target, path);
    return;
  }
  try {
    writeFileSync(path, output.text);
  } catch (error) {
    // systemd reads the files after we exit, and must not find half a file.
    rmSync(path, { force: true });
    throw error;
  }
}
