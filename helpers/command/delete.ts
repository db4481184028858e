import { createInterface } from "node:readline/promises";
import { listSandboxes } from "../../generator/load-conf.ts";
import { confFile } from "../../generator/paths.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import { parseSandboxName, type SandboxName } from "../../generator/sandbox-name.ts";
import { withHeld } from "../keep/hold.ts";
import { removeUnfinished } from "../keep/unfinished.ts";
import { connectSystemd, type Systemd } from "../systemd.ts";
import { describeLeftovers, listGuarded } from "./guarded-folders.ts";
import { requireKnownSandbox } from "./known-sandbox.ts";
import { print, printJson, warn, withProgress } from "./output.ts";
import { removeSandbox } from "./remove-sandbox.ts";
import { requireRoot } from "./require-root.ts";

/** Removes a sandbox with its conf and all its data. Killed on the way, it can be run again. */
export async function deleteSandbox(text: string, options: { force?: boolean; json?: boolean }): Promise<void> {
  const name = parseSandboxName(text);
  requireRoot();
  requireKnownSandbox(name);
  requireOwnConf(name);
  const systemd = await connectSystemd();
  try {
    await agree(systemd, name, options.force === true);
    const guarded = listGuarded(name);
    await withHeld(systemd, [name], () => withProgress(`Deleting ${name}`, () => removeSandbox(systemd, name)));
    for (const told of await Promise.all(guarded.map(describeLeftovers))) if (told !== undefined) warn(told);
  } finally {
    systemd.close();
  }
  if (options.json === true) printJson({ name, deleted: true });
  else print(`Deleted ${name}`);
  removeUnfinished(name);
}

function requireOwnConf(name: SandboxName): void {
  const path = listSandboxes().find((sandbox) => sandbox.name === name)?.path;
  if (path === undefined || path === confFile(name)) return;
  throw new SandboxError(`the conf of ${name} is ${path}, which is not the administrator's to delete`, {
    hint: `Remove what put it there, or mask it: ln -s /dev/null ${confFile(name)}`,
  });
}

async function agree(systemd: Systemd, name: SandboxName, force: boolean): Promise<void> {
  if (force) return;
  const { ActiveState: state } = await systemd.readUnit(`sandbox@${name}.service`);
  if (state !== "inactive" && state !== "failed") {
    throw new SandboxError(`sandbox ${name} is ${String(state)}`, {
      hint: `Stop it first, or stop and delete it with --force`,
    });
  }
  if (!process.stdin.isTTY) return;
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Delete sandbox ${name} with all its data? [y/N] `);
  terminal.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new SandboxError(`kept ${name}`);
}
