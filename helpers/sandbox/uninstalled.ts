import { accessSync, constants, existsSync } from "node:fs";
import { basename, join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { imageFile, rootDirectory, rootTree, stateRoot } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { readVersions } from "../host/packages/open-database.ts";
import { readManifestPackages } from "./manifest/manifest.ts";
import { lookUpInTree, type TreeEntry } from "./tree/look-up.ts";

/** Where it looks. Unit tests replace these. */
export interface Places {
  /** Whether the host has a path. */
  readonly exists: (path: string) => boolean;
  /** Looks up a path of the sandbox's tree, and follows no link. */
  readonly lookUp: (path: string) => TreeEntry | undefined;
}

// systemd.unit(5), and what generators made.
const hostFolders = [
  "/etc/systemd/system",
  "/run/systemd/system",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
  ...["generator.early", "generator", "generator.late"].map((folder) => `/run/systemd/${folder}`),
];

/**
 * Finds the units, and the program of Exec=, that a sandbox would not find inside: neither the host has them, because a
 * package was removed, nor its own tree, where a unit of `/etc` stays.
 */
export function findUninstalled(
  name: SandboxName,
  units: readonly string[],
  program?: string,
  places = placesOf(name),
): readonly string[] {
  // Its tree may have them, and cannot be looked at.
  if (places === undefined) return [];
  const lacksProgram =
    program?.startsWith("/") === true && !places.exists(program) && places.lookUp(program) === undefined;
  return [...units.filter((unit) => !isThere(unit, places)), ...(lacksProgram ? [program] : [])];
}

function placesOf(name: SandboxName): Places | undefined {
  const tree = rootTree(name);
  // Only root sees a tree. An image may not be mounted.
  if (existsSync(stateRoot) && !canRead(stateRoot)) return undefined;
  if (existsSync(imageFile(name)) && !existsSync(tree)) return undefined;
  return {
    exists: (path) => existsSync(join(rootDirectory, path)),
    lookUp: (path) => lookUpInTree(tree, path),
  };
}

function canRead(folder: string): boolean {
  try {
    accessSync(folder, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

function isThere(unit: string, places: Places): boolean {
  const names = [unit, unit.replace(/@[^.]+\./, "@.")];
  const isOnHost = (each: string): boolean => hostFolders.some((folder) => places.exists(join(folder, each)));
  if (names.some(isOnHost)) return true;
  const isInTree = names.some((each) => {
    const entry = places.lookUp(`/etc/systemd/system/${each}`);
    if (entry?.kind !== "link") return entry !== undefined;
    return entry.target === "/dev/null" || isOnHost(basename(entry.target));
  });
  // systemd inside makes a unit of such a script.
  return isInTree || places.lookUp(`/etc/init.d/${unit.replace(/\.service$/, "")}`) !== undefined;
}

/** Says what is missing, and why. Of many removed packages it names those that are called like a unit. */
export function sayUninstalled(missing: readonly string[], removed: readonly string[]): string {
  const stems = missing.map((each) => basename(each).replace(/(@[^.]*)?\.\w+$/, ""));
  const like = [
    removed.filter((each) => stems.includes(each)),
    removed.filter((each) => stems.some((stem) => each.startsWith(stem) || stem.startsWith(each))),
    removed,
  ].find((each) => each.length > 0);
  const [first, ...more] = like ?? [];
  const what = `${missing.join(" and ")} ${missing.length === 1 ? "is" : "are"} not on the host`;
  if (first === undefined) return what;
  if (more.length === 0) return `${what} any more: package ${first} was removed`;
  const shown = [first, ...more].slice(0, 3);
  const rest = more.length + 1 - shown.length;
  return `${what} any more: packages ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""} were removed`;
}

/** An error that names what a sandbox misses on the host, and the packages that were removed. */
export async function describeUninstalled(name: SandboxName, missing: readonly string[]): Promise<SandboxError> {
  const installed = new Set((await readVersions(rootDirectory).catch(() => [])).map((each) => each.name));
  const removed = (readManifestPackages(name) ?? []).map((each) => each.name).filter((each) => !installed.has(each));
  return new SandboxError(sayUninstalled(missing, removed), {
    hint: `Install ${removed.length === 0 ? "what has it" : "that"} again; the data of ${name} stay. Or let it run something else: sandboxcontainer edit ${name}`,
  });
}
