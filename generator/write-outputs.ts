import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Output } from "./output.ts";

/** Writes below a directory, each file whole or not at all. Returns a line for each that could not be. */
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
      return [`${path}: cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`];
    }
  });
}

// One level, and not `recursive`: Node retries for ever where the kernel makes no folders, as below /proc.
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
}

// In the empty directory that systemd hands out nothing is in the way. No sync: it is gone at the next boot anyway.
function writeOutput(path: string, output: Output): void {
  if (output.kind === "link") {
    symlinkSync(output.target, path);
    return;
  }
  try {
    writeFileSync(path, output.text);
  } catch (error) {
    // systemd reads it after we have ended; half of it must not be there then.
    rmSync(path, { force: true });
    throw error;
  }
}
