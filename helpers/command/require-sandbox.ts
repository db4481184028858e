import { existsSync } from "node:fs";
import { SandboxError } from "../../base/errors.ts";
import { stateDirectory, unfinishedFile } from "../../base/paths.ts";
import { parseSandboxName, type SandboxName } from "../../base/sandbox-name.ts";
import { findNearest } from "../../base/text.ts";
import { listSandboxes } from "../../conf/load-conf.ts";

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

/** Only root can change the host or look into a sandbox: the state below /var/lib has mode 0700. */
export function requireRoot(): void {
  if (process.geteuid?.() === 0) return;
  throw new SandboxError("this needs root privileges", { hint: "Run it with sudo" });
}
