import { existsSync, globSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { helperDirectory, runtimeDirectory, stateRoot } from "../../generator/conf/paths.ts";
import { isSocketOf } from "../../generator/conf/publish-groups.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { unloadProfiles } from "../host/apparmor.ts";
import { unmountImage } from "./image/mount-image.ts";
import { writeUnfinishedIfRoom } from "./hold/unfinished.ts";
import { run } from "../host/run.ts";
import type { Systemd } from "../host/systemd.ts";
import { removeConf } from "./remove-conf.ts";
import { removeState } from "./remove-state.ts";
import { stopMaking } from "./stop-making.ts";

const anyStatus = Array.from({ length: 256 }, (_, status) => status);

/**
 * Stops a sandbox, and removes its conf and all its data. If this is killed, it can be repeated. The caller must hold
 * the name.
 */
export async function removeSandbox(systemd: Systemd, name: SandboxName): Promise<void> {
  const unit = `sandbox@${name}.service`;
  mkdirSync(stateRoot, { recursive: true, mode: 0o700 });
  writeUnfinishedIfRoom(name, { kind: "deleting" });
  // The sockets come first, because a connection would start the sandbox again.
  for (const socket of await systemd.listUnits(`sandbox-${name}-*.socket`)) {
    if (isSocketOf(name, socket)) await systemd.runJob("StopUnit", socket);
  }
  await systemd.runJob("StopUnit", `sandbox-configure@${name}.service`);
  const stopped = await systemd.runJob("StopUnit", unit);
  if (stopped !== "done")
    throw new SandboxError(`sandbox ${name} did not stop (${stopped})`, { hint: `See journalctl -u ${unit}` });
  await systemd.disableUnit(unit);
  // The conf goes before the root, because without it nothing makes the root anew meanwhile.
  removeConf(name);
  await stopMaking(systemd, name);
  // If the last step of a stop was killed, mounts may remain. The exit status is that of the service.
  if (existsSync(runtimeDirectory(name))) await run(join(helperDirectory, "detach"), [name], { accept: anyStatus });
  await unmountImage(systemd, name);
  unloadProfiles(name);
  await removeState(name);
  for (const log of globSync(`/var/log/libvirt/lxc/${name}.log*`)) rmSync(log);
  await systemd.reload();
  const parts = ["root", "image", "configure", "upgrade"].map((part) => `sandbox-${part}@${name}.service`);
  for (const leftover of [unit, ...parts]) await systemd.resetFailed(leftover);
}
