import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { orMissing } from "../../base/files.ts";
import { confFile, rootDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";

/** Finds the conf and its drop-ins that were changed after systemd read them, also by files with an older date. */
export function findChangedConfs(name: SandboxName): readonly string[] {
  const dropIn = `run/systemd/generator/sandbox@${name}.service.d/40-sandboxcontainer.conf`;
  const known = changedAt(join(rootDirectory, dropIn));
  return known === undefined ? [] : listConfFiles(name).filter((conf) => (changedAt(conf) ?? 0) > known);
}

// Ignores files that cannot be read; the folder may be empty.
function listConfFiles(name: SandboxName): readonly string[] {
  const folder = `${confFile(name)}.d`;
  const dropIns = orMissing(() => readdirSync(folder)) ?? [];
  return [confFile(name), ...dropIns.filter((file) => file.endsWith(".conf")).map((file) => join(folder, file))];
}

function changedAt(path: string): number | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats && Math.max(stats.mtimeMs, stats.ctimeMs);
}
