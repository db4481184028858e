import { existsSync, mkdirSync, mkdtempSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { stateRoot } from "../../generator/paths.ts";
import type { SandboxName } from "../../generator/sandbox-name.ts";
import { isAlive } from "../controller.ts";
import { run } from "../run.ts";

// No sandbox may have a name that begins so.
const prefix = ".new-";

/** Runs `act` with a new folder for what is to become a sandbox: what is left in it afterwards is removed. */
export async function withStaging<T>(name: SandboxName, act: (folder: string) => Promise<T>): Promise<T> {
  mkdirSync(stateRoot, { recursive: true, mode: 0o700 });
  for (const entry of readdirSync(stateRoot).filter(isAbandoned)) await remove(join(stateRoot, entry));
  const folder = mkdtempSync(join(stateRoot, `${prefix}${process.pid}-${name}-`));
  try {
    return await act(folder);
  } finally {
    if (existsSync(folder)) await remove(folder);
  }
}

function isAbandoned(entry: string): boolean {
  const pid = /^\.new-(\d+)-/.exec(entry)?.[1];
  return pid !== undefined && !isAlive(Number(pid));
}

// rm follows no link.
const remove = (path: string): Promise<unknown> => run("rm", ["-rf", "--one-file-system", "--", path]);
