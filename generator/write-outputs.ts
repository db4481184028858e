import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import type { Output } from "./output.ts";

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
