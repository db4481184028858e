import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.ts";
import { prefix, work } from "../places.ts";

/** Makes a root for a party, the same as that of a sandbox without /usr. Returns its path. */
export function copyRoot(party: string, sandbox: string): string {
  const root = join(work, `root-${party}`);
  run("cp", "-a", `/var/lib/sandboxcontainer/${sandbox}/root`, root);
  return root;
}

/** Writes a unit of the host, or a file from which Quadlet makes one. */
export function writeUnit(name: string, lines: readonly string[]): void {
  const folder = name.endsWith(".container") ? "/etc/containers/systemd" : "/etc/systemd/system";
  run("mkdir", "-p", folder);
  writeFileSync(join(folder, `${prefix}${name}`), `${lines.join("\n")}\n`);
}
