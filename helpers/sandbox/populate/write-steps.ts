import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { readIfThere, writeFile } from "../../../base/files.ts";
import { stateDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { MaintainerSteps } from "../manifest/maintainer-steps.ts";
import { formatMode } from "../manifest/manifest.ts";
import { replaceFile } from "../state.ts";

const folderOf = (name: SandboxName): string => join(stateDirectory(name), "configure");

/** The file of packages that are configured, a line for each, in a state folder. */
export const configuredFile = (state: string): string => join(state, "configure/done");

/** The packages that need no more steps in the root of a state folder. */
export const readConfigured = (state: string): readonly string[] => readLines(configuredFile(state));

/** Copies that list with a root, which has what the scripts of these packages made, and what is known of their keys. */
export function copyConfigured(from: string, to: string): void {
  mkdirSync(dirname(configuredFile(to)), { recursive: true, mode: 0o700 });
  for (const file of ["keys", "renewable"]) {
    const text = readIfThere(join(from, "configure", file));
    if (text !== undefined) writeFile(join(to, "configure", file), text, { mode: 0o600 });
  }
  writeFile(
    configuredFile(to),
    readConfigured(from)
      .map((each) => `${each}\n`)
      .join(""),
    { mode: 0o600 },
  );
}

/**
 * Writes the input of sandbox-configure@NAME.service into `configure/` of the state directory, a line for each item:
 * `packages`, those whose scripts must still run; `made`, the files in /etc to keep, with owner and mode; `unlisted`,
 * the files that the scripts must not find. `temporary` is for each start of a command, and `generators` for each of units. `done` also lists the packages
 * that have nothing to make, and `renewable` those that make only keys; the unit itself adds the others to it: a package is configured once in a root's life.
 */
export function writeSteps(
  name: SandboxName,
  { packages, settled, made, renewable, unlisted, temporary, generators }: MaintainerSteps,
): void {
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = readConfigured(stateDirectory(name));
  const done = new Set([...before, ...settled.map((each) => each.name)]);
  const put = (file: string, lines: readonly string[]): void => {
    replaceFile(join(folder, file), lines.map((line) => `${line}\n`).join(""));
  };
  put(
    "made",
    made.map(({ path, owner, group, mode }) => `${owner}:${group} ${formatMode(mode)} ${path}`),
  );
  if (done.size > before.length) put("done", [...done]);
  put("unlisted", unlisted);
  put(
    "renewable",
    renewable.map((each) => each.name),
  );
  put("temporary", temporary);
  put("generators", generators);
  put(
    "packages",
    packages.map((each) => each.name).filter((each) => !done.has(each)),
  );
}

/** The names of the tmpfiles.d(5) files of a sandbox's packages. */
export const readTemporary = (name: SandboxName): readonly string[] => readLines(join(folderOf(name), "temporary"));

/** The names of the systemd generators of a sandbox's packages. */
export const readGenerators = (name: SandboxName): readonly string[] => readLines(join(folderOf(name), "generators"));

const readLines = (file: string): readonly string[] => (readIfThere(file) ?? "").split("\n").filter(Boolean);
