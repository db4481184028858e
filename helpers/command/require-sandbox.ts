import { existsSync } from "node:fs";
import { listSandboxes } from "../../generator/conf/load-conf.ts";
import { findNearest } from "../../generator/conf/nearest.ts";
import { stateDirectory, unfinishedFile } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import { parseSandboxName, type SandboxName } from "../../generator/conf/sandbox-name.ts";
import { requireRoot } from "./require-root.ts";

/** Parses the names of sandboxes for a verb that only root can use. All must exist. Throws a SandboxError. */
export function requireSandboxes(texts: readonly string[]): readonly SandboxName[] {
  const names = texts.map(parseSandboxName);
  requireRoot();
  names.forEach(requireKnownSandbox);
  return names;
}

/** Does the same for one sandbox. */
export function requireSandbox(text: string): SandboxName {
  const name = parseSandboxName(text);
  requireRoot();
  requireKnownSandbox(name);
  return name;
}

/** Throws a SandboxError with the nearest name if there is neither a conf nor a root of this name. */
export function requireKnownSandbox(name: SandboxName): void {
  const known = listSandboxes().map((sandbox) => sandbox.name);
  if (known.includes(name) || existsSync(stateDirectory(name)) || existsSync(unfinishedFile(name))) return;
  const nearest = findNearest(name, known);
  throw new SandboxError(`there is no sandbox ${name}`, {
    hint: nearest === undefined ? "See `sandboxcontainer list`" : `Did you mean \`${nearest}\`?`,
  });
}
