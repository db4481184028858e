import { readFileSync } from "node:fs";
import { describeError, SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { bind, type Bind, remountIn, unmount } from "../../host/files/mounts.ts";
import { findContainerGroup, parseGroups } from "../../host/process/cgroup.ts";
import { isRunning, type KnownProcess } from "../../host/process/processes.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { type QuickResult, runQuick } from "../../host/process/run-quick.ts";
import { startDhcpClient } from "../network/dhcp-client.ts";
import type { StartPlan } from "../plan/start-plan.ts";
import { runtimeFile } from "../running/run-record.ts";

/** A running container: libvirt's controller, and PID 1 inside. */
export interface Container {
  readonly name: SandboxName;
  readonly controller: KnownProcess;
  readonly init: KnownProcess;
}

/** Its actions on the host. Unit tests replace them. */
export interface CareHost {
  readonly isRunning: (process: KnownProcess) => boolean;
  readonly run: (program: string, args: readonly string[]) => Promise<QuickResult>;
  readonly bind: (bind: Bind) => void;
  readonly unmount: (path: string, how: "lazy") => void;
  readonly remountIn: typeof remountIn;
  readonly write: (path: string, text: string) => void;
  readonly readCgroup: (pid: number) => string;
  readonly warn: (text: string) => void;
}

/**
 * Does from outside what a container needs and libvirt does not do. Ignores what fails because PID 1 has ended meanwhile.
 * Throws a SandboxError if the sandbox would run without limits, or without a network that others must find. `outcome` is
 * the pipe for the result of the start.
 */
export async function careForContainer(
  container: Container,
  start: Pick<StartPlan, "limits" | "sockets" | "pipes">,
  outcome: number,
  host: CareHost = ownHost,
): Promise<void> {
  if (start.sockets.length > 0) showNetwork(container, host);
  await Promise.all([
    limitContainer(container, start.limits, host),
    start.pipes.online ? startDhcp(container, outcome, host) : undefined,
  ]);
}

/** The part of it that bounds what a container takes of the host. */
async function limitContainer(container: Container, limits: readonly string[], host: CareHost): Promise<void> {
  protectController(container, host);
  limitTerminals(container, host);
  if (limits.length > 0) await setLimits(container, limits, host);
}

/** The same for a container that runs maintainer scripts. */
export async function limitScripts(container: Container, limits: readonly string[]): Promise<void> {
  limitGroups(container);
  await limitContainer(container, limits, ownHost);
}

// Each takes 10 KiB of the kernel. When the sandbox stops, systemd and libvirtd remove them one by one, but not those that are
// more than a hundred levels deep with a path longer than a name may be.
const limitsOfGroups = { "cgroup.max.depth": "32", "cgroup.max.descendants": "4096" };

/**
 * Limits the control groups that root inside makes (cgroup-v2, Controllers, Core Interface Files). The container's own group
 * belongs to the host. At a start PID 1 waits at `files` and has run nothing of the sandbox yet. Version 1 has no such limits.
 * Throws a SandboxError.
 */
export function limitGroups({ name, controller, init }: Container, host: CareHost = ownHost): void {
  const group = findContainerGroup(parseGroups(host.readCgroup(controller.pid)).get("") ?? "");
  if (group === undefined) return;
  try {
    for (const [file, limit] of Object.entries(limitsOfGroups)) host.write(`/sys/fs/cgroup${group}/${file}`, limit);
  } catch (error) {
    if (!host.isRunning(init)) return;
    throw new SandboxError(`the control groups of ${name} cannot be limited: ${describeError(error)}`, {
      cause: error,
    });
  }
}

// When a sandbox has used up its memory, the kernel kills the largest process of its cgroup, which would be the
// controller. Not every host lets root change that.
function protectController({ controller }: Container, host: CareHost): void {
  try {
    host.write(`/proc/${controller.pid}/oom_score_adj`, "-1000");
  } catch {
    // Then the container ends with its controller, as it would without us.
  }
}

// All sandboxes share the terminals that kernel.pty.max allows (devpts in proc(5)). The file system belongs to the
// host, so root inside cannot change this sandbox's limit.
function limitTerminals({ name, controller, init }: Container, host: CareHost): void {
  try {
    host.remountIn(controller, `/run/libvirt/lxc/${name}.devpts`, { max: 256 });
  } catch (error) {
    if (host.isRunning(init)) host.warn(`the terminals of ${name} could not be limited: ${describeError(error)}`);
  }
}

async function startDhcp({ name, init }: Container, outcome: number, host: CareHost): Promise<void> {
  try {
    await startDhcpClient(name, outcome, host);
  } catch (error) {
    if (host.isRunning(init)) throw error;
  }
}

// The proxies of published ports need this.
function showNetwork({ name, init }: Container, host: CareHost): void {
  const file = runtimeFile(name, "network");
  host.write(file, "");
  try {
    host.bind({ from: `/proc/${init.pid}/ns/net`, to: file, isPrivate: false });
  } catch (error) {
    if (!host.isRunning(init)) return;
    throw new SandboxError(`the network of ${name} could not be mounted on ${file}: ${describeError(error)}`, {
      cause: error,
    });
  }
  // By then its number may have been another's, and so the network.
  if (!host.isRunning(init)) host.unmount(file, "lazy");
}

// The limits go on the scope that systemd-machined made for the container, because its processes are not in the cgroup
// of our unit.
async function setLimits(
  { name, controller, init }: Container,
  limits: readonly string[],
  host: CareHost,
): Promise<void> {
  const scope = /^\d+:[^:]*:.*\/([^/]*\.scope)/m.exec(host.readCgroup(controller.pid))?.[1];
  if (scope === undefined) {
    if (!host.isRunning(init)) return;
    throw new SandboxError(`the limits of [Resources] cannot be set: systemd-machined made no scope for ${name}`, {
      hint: "Is it installed, and does the host use cgroup version 2?",
    });
  }
  const { status, output } = await host.run("systemctl", ["set-property", "--runtime", "--", scope, ...limits]);
  if (status !== 0 && host.isRunning(init))
    throw new SandboxError(`systemd refused the limits of ${name}: ${output}`, {
      hint: "See systemd.resource-control(5)",
    });
}

const ownHost: CareHost = {
  isRunning,
  run: runQuick,
  bind,
  unmount,
  remountIn,
  write: (path, text) => {
    writeFile(path, text);
  },
  readCgroup: (pid) => {
    try {
      return readFileSync(`/proc/${pid}/cgroup`, "utf8");
    } catch {
      return "";
    }
  },
  warn: printWarning,
};
