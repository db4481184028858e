import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Conf } from "../../generator/conf.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";
import type { Controller } from "../controller.ts";

/**
 * Puts the conf's [Resources] on the scope that machined made for the container, as systemd's own (they are not the
 * instance unit's: the container's processes are not in its cgroup). Throws a SandboxError when there is no such scope.
 */
export function limitResources(conf: Conf, controller: Controller): void {
  if (conf.resources.length === 0) return;
  const scope = /\/([^/\n]+\.scope)/.exec(readFileSync(`/proc/${controller.pid}/cgroup`, "utf8"))?.[1];
  if (scope === undefined) {
    throw new SandboxError(
      `no limit of [Resources] can be set on ${conf.name}: systemd-machined made no scope for it`,
      {
        hint: "Is systemd-machined installed, and the host's cgroup version 2?",
      },
    );
  }
  const properties = conf.resources.map(({ key, value }) => `${key}=${value}`);
  try {
    // A systemctl is faster here than loading a D-Bus library of our own.
    execFileSync("systemctl", ["set-property", "--runtime", "--", scope, ...properties], {
      stdio: ["ignore", "ignore", "pipe"],
    });
  } catch (error) {
    const { stderr } = error as { stderr?: Buffer };
    throw new SandboxError(
      `systemd refused the limits of ${conf.name}: ${stderr?.toString().trim() ?? String(error)}`,
      {
        hint: "See systemd.resource-control(5)",
      },
    );
  }
}
