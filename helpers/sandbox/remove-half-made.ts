import { readFileSync } from "node:fs";
import { confFile } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { orMissing } from "../host/or-missing.ts";
import type { Systemd } from "../host/systemd.ts";
import { hashText, readUnfinished, removeUnfinished, type Task } from "./hold/unfinished.ts";
import { unmountImage } from "./image/mount-image.ts";
import { dropInFolder, removeConf } from "./remove-conf.ts";
import { removeState } from "./remove-state.ts";
import { stopMaking } from "./stop-making.ts";

/** Removes a sandbox that a killed command was making. Throws a SandboxError if somebody has written a conf since. */
export async function removeHalfMade(systemd: Systemd, name: SandboxName): Promise<void> {
  const task = readUnfinished(name)?.task;
  if (task?.kind !== "making") return;
  if (!isOwnConf(name, task))
    throw new SandboxError(`the name ${name} is taken: ${confFile(name)} was written by somebody else`, {
      hint: `Choose another name, or remove the sandbox with \`sandboxcontainer delete ${name}\``,
    });
  await unmake(systemd, name, task);
  removeUnfinished(name);
}

type Making = Extract<Task, { readonly kind: "making" }>;

/** Whether nobody else has written the conf. */
function isOwnConf(name: SandboxName, { conf }: Making): boolean {
  const text = orMissing(() => readFileSync(confFile(name), "utf8"));
  return text === undefined || hashText(text) === conf;
}

/** Removes all parts of a sandbox that could not be made. What somebody else has written of its conf stays. */
export async function unmake(systemd: Systemd, name: SandboxName, task: Making): Promise<void> {
  const unit = `sandbox@${name}.service`;
  const isOwn = isOwnConf(name, task);
  if (isOwn && (await systemd.readEnablement(unit)) === "enabled") await systemd.disableUnit(unit);
  removeConf(name, [...(isOwn ? [confFile(name)] : []), ...(task.hadDropIns ? [] : [dropInFolder(name)])]);
  await stopMaking(systemd, name);
  await unmountImage(systemd, name);
  await removeState(name);
  await systemd.reload();
  for (const step of ["root", "image"]) await systemd.resetFailed(`sandbox-${step}@${name}.service`);
}
