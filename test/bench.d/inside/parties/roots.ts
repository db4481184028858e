import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../command.ts";
import { prefix, work } from "../places.ts";

/** Makes a root of a party's own, the same as that of a sandbox: all but /usr. Returns where. */
export function copyRoot(party: string, sandbox: string): string {
  const root = join(work, `root-${party}`);
  run("cp", "-a", `/var/lib/sandboxcontainer/${sandbox}/root`, root);
  return root;
}

/** Makes a unit of the host's, or what Quadlet makes one from. */
export function writeUnit(name: string, lines: readonly string[]): void {
  const folder = name.endsWith(".container") ? "/etc/containers/systemd" : "/etc/systemd/system";
  run("mkdir", "-p", folder);
  writeFileSync(join(folder, `${prefix}${name}`), `${lines.join("\n")}\n`);
}
