import { existsSync, globSync, rmSync } from "node:fs";
import { createInterface } from "node:readline/promises";
import { listSandboxes } from "../../generator/load-conf.ts";
import { confFile } from "../../generator/paths.ts";
import { isSocketOf } from "../../generator/publish-groups.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import { parseSandboxName, type SandboxName } from "../../generator/sandbox-name.ts";
import { unmountImage } from "../image.ts";
import { connectSystemd, type Systemd } from "../systemd.ts";
import { requireKnownSandbox } from "./known-sandbox.ts";
import { print, printJson, withProgress } from "./output.ts";
import { removeState } from "./remove-state.ts";
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
    await withProgress(`Deleting ${name}`, () => removeSandbox(systemd, name));
  } finally {
    systemd.close();
  }
  if (options.json === true) printJson({ name, deleted: true });
  else print(`Deleted ${name}`);
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

async function removeSandbox(systemd: Systemd, name: SandboxName): Promise<void> {
  const unit = `sandbox@${name}.service`;
  // First: a connection would start it again.
  for (const socket of await systemd.listUnits(`sandbox-${name}-*.socket`)) {
    if (isSocketOf(name, socket)) await systemd.runJob("StopUnit", socket);
  }
  await systemd.runJob("StopUnit", `sandbox-configure@${name}.service`);
  const stopped = await systemd.runJob("StopUnit", unit);
  if (stopped !== "done")
    throw new SandboxError(`sandbox ${name} does not stop (${stopped})`, { hint: `See journalctl -u ${unit}` });
  await systemd.disableUnit(unit);
  // The conf first: without it nothing makes the root anew while it goes.
  for (const path of [confFile(name), `${confFile(name)}.d`]) {
    if (existsSync(path)) rmSync(path, { recursive: true });
  }
  await unmountImage(systemd, name);
  await removeState(name);
  for (const log of globSync(`/var/log/libvirt/lxc/${name}.log*`)) rmSync(log);
  await systemd.reload();
  const parts = ["root", "image", "configure", "upgrade"].map((part) => `sandbox-${part}@${name}.service`);
  for (const leftover of [unit, ...parts]) await systemd.resetFailed(leftover);
}
