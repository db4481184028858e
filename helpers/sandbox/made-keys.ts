import { rmSync } from "node:fs";
import { join } from "node:path";
import { orMissing, readIfThere } from "../../base/files.ts";
import { rootTree, stateDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { readManifest } from "./manifest/manifest.ts";
import { configuredFile, readConfigured } from "./populate/write-steps.ts";
import { replaceFile } from "./state.ts";
import { beneath, withParent } from "./tree/beneath.ts";
import { digestOf, readFromTree } from "./tree/look-up.ts";

// A key or a certificate is much smaller.
const largestKey = 65_536;

const keysFile = (name: SandboxName): string => join(stateDirectory(name), "configure/keys");
const linesOf = (text: string | undefined): readonly string[] => (text ?? "").split("\n").filter((line) => line !== "");

/** The paths of keys that scripts are to make, and that are not in the root yet. Nothing may run in the tree. */
export const findMissingKeys = (name: SandboxName): readonly string[] =>
  linesOf(readIfThere(join(stateDirectory(name), "configure/made")))
    .map((line) => line.replace(/^\S+ \S+ /, ""))
    .filter((path) => digestBeneath(name, path) === undefined);

/** Records the keys of these paths as they are now, so that it shows later whether somebody put others there. */
export function recordKeys(name: SandboxName, paths: readonly string[]): void {
  const made = paths.flatMap((path) => {
    const digest = digestBeneath(name, path);
    return digest === undefined ? [] : [`${digest} ${path}`];
  });
  if (made.length === 0) return;
  const before = linesOf(readIfThere(keysFile(name))).filter(
    (line) => !paths.includes(line.slice(line.indexOf(" ") + 1)),
  );
  replaceFile(keysFile(name), [...before, ...made].map((line) => `${line}\n`).join(""));
}

/**
 * Removes the keys that scripts made from the root of a copy, if these scripts make nothing else and all keys of the
 * package are as they were made. The next start makes others. Nothing may run in the tree.
 */
export function forgetKeys(name: SandboxName): void {
  const recorded = new Set(linesOf(readIfThere(keysFile(name))));
  const renewable = linesOf(readIfThere(join(stateDirectory(name), "configure/renewable")));
  const entries = readManifest(name)?.entries ?? [];
  const forgotten = renewable.filter((each) => {
    const paths = entries.flatMap(({ kind, path, source }) =>
      kind === "file" && "madeBy" in source && source.madeBy === each ? [path] : [],
    );
    const isAsMade = (path: string): boolean => recorded.has(`${digestBeneath(name, path) ?? ""} ${path}`);
    if (paths.length === 0 || !paths.every(isAsMade)) return false;
    for (const path of paths) remove(name, path);
    return true;
  });
  if (forgotten.length === 0) return;
  const done = readConfigured(stateDirectory(name)).filter((each) => !forgotten.includes(each));
  replaceFile(configuredFile(stateDirectory(name)), done.map((each) => `${each}\n`).join(""));
}

function digestBeneath(name: SandboxName, path: string): string | undefined {
  const bytes = readFromTree(rootTree(name), path, largestKey);
  return bytes === undefined ? undefined : digestOf([bytes]);
}

const remove = (name: SandboxName, path: string): void =>
  orMissing(() => {
    withParent(rootTree(name), path, (folder, last) => {
      rmSync(beneath(folder, last), { force: true });
    });
  });
