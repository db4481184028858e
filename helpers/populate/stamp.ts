import { closeSync, existsSync, fsyncSync, openSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Conf } from "../../generator/conf.ts";
import { hashPopulation } from "../../generator/populate-hash.ts";
import { stateDirectory } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import type { SandboxName } from "../../generator/sandbox-name.ts";

const prefix = "populated-";

/** Throws a SandboxError unless the tree is what a conf asks for. */
export function requireStamp(conf: Conf): void {
  if (existsSync(join(stateDirectory(conf.name), `${prefix}${hashPopulation(conf)}`))) return;
  throw new SandboxError(`the root of ${conf.name} is not made as its conf asks for`, {
    hint: `If the conf was changed: systemctl daemon-reload. If it was not: journalctl -u sandbox-root@${conf.name}`,
  });
}

/** Says that the tree is what a conf asks for, so that systemd skips its making. Written when all the rest is on disk. */
export function writeStamp(name: SandboxName, population: string): void {
  const state = stateDirectory(name);
  const stamp = `${prefix}${population}`;
  writeFileSync(join(state, stamp), "");
  for (const other of readdirSync(state).filter((entry) => entry.startsWith(prefix) && entry !== stamp)) {
    rmSync(join(state, other));
  }
  const directory = openSync(state, "r");
  fsyncSync(directory);
  closeSync(directory);
}
