import { existsSync, readFileSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import { SandboxError } from "../../../base/errors.ts";
import { imageFile, imageMountPoint } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { loadConf } from "../../../conf/load-conf.ts";
import { isMountPoint } from "../../host/files/mounts.ts";
import { isRunning, type KnownProcess } from "../../host/process/processes.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import { describeResult } from "../../host/systemd/unit-properties.ts";
import { isFiltered } from "../../host/walls/access-control.ts";
import { readConfinement } from "../../host/walls/apparmor.ts";
import { findChangedConfs } from "../../sandbox/changed-confs.ts";
import { describeBroken, isBroken, readUnfinished } from "../../sandbox/hold/unfinished.ts";
import { hasStamp, ownStamp } from "../../sandbox/populate/record-content.ts";
import { describeLost, findLost } from "../../sandbox/root-gone.ts";
import { findUninstalled } from "../../sandbox/uninstalled.ts";
import type { StartControl, StartPlan } from "../plan/start-plan.ts";

/**
 * Throws a SandboxError unless systemd runs us as the service of the sandbox, which starts and stops one thing at a time.
 * `groups` is /proc/self/cgroup (cgroups(7)).
 */
export function requireOwnUnit(name: SandboxName, groups = readFileSync("/proc/self/cgroup", "utf8")): void {
  const unit = `sandbox@${name}.service`;
  if (groups.split("\n").some((line) => `${line}/`.includes(`/${unit}/`))) return;
  throw new SandboxError(`launch is a part of ${unit}, and does nothing elsewhere`, {
    hint: `Start it with systemctl start ${unit}`,
  });
}

/**
 * Throws a SandboxError if a step before the start did not do its work; `stamp` is the stamp of the conf that systemd
 * knows.
 */
export async function requireReady(name: SandboxName, stamp: string): Promise<void> {
  if (!hasStamp(name, stamp) && isReadyForChanged(name))
    throw new SandboxError(`the conf of ${name} changed after systemd read it, and its root was made for the new one`, {
      hint: "Run systemctl daemon-reload, and start it again",
    });
  if (!hasStamp(name, stamp))
    throw new SandboxError(`the root of ${name} was not made: ${await lastWords(name)}`, {
      hint: `See journalctl -u sandbox-root@${name}`,
    });
  if (existsSync(imageFile(name)) && !isMountPoint(imageMountPoint(name)))
    throw new SandboxError(`the image of ${name} was not mounted: ${await lastWords(name)}`, {
      hint: `See systemctl status ${imageMountPoint(name)}`,
    });
  const unfinished = readUnfinished(name);
  if (unfinished !== undefined && isBroken(unfinished.task)) throw describeBroken(name, unfinished);
  const lost = findLost(name);
  if (lost === undefined) return;
  // No other start needs this.
  const { listSnapshots } = await import("../../sandbox/snapshots/snapshots.ts");
  throw describeLost(name, lost, listSnapshots(name).at(-1)?.snapshot);
}

/** Whether the steps before the start, which read the conf themselves, have done their work for it as it is now. */
function isReadyForChanged(name: SandboxName): boolean {
  try {
    return hasStamp(name, ownStamp(loadConf(name)));
  } catch {
    return false;
  }
}

/** Warns if a conf was changed and systemd has not read it again. */
export function warnOfChangedConf(name: SandboxName): void {
  for (const conf of findChangedConfs(name))
    printWarning(`${conf} changed after systemd read it, so the change is not in effect yet: systemctl daemon-reload`);
}

/** Warns if systemd has credentials for a sandbox whose conf has none, from a drop-in of its unit for example. */
export function warnOfForeignCredentials({ credentials }: Pick<StartPlan, "credentials">): void {
  if (credentials === null && process.env["CREDENTIALS_DIRECTORY"] !== undefined)
    printWarning(
      "credentials from a drop-in of the unit do not reach the inside: write them into [Service] of the conf",
    );
}

/** What the previous steps said when they ran last, and not at an earlier failure, or how they failed. */
export async function lastWords(name: SandboxName, run: typeof runQuick = runQuick): Promise<string> {
  await run("journalctl", ["--sync"]);
  const words = [];
  for (const unit of [`sandbox-image@${name}.service`, `sandbox-root@${name}.service`]) {
    const asked = ["InactiveExitTimestamp", "Result", "ExecMainStatus"].map((key) => `--property=${key}`);
    const { output } = await run("systemctl", ["show", "--timestamp=unix", ...asked, unit]);
    const { InactiveExitTimestamp: began = "", ...properties } = Object.fromEntries(
      output.split("\n").map((line) => line.split("=", 2) as [string, string]),
    );
    if (began === "") continue;
    const options = ["--quiet", "--output=cat", "--priority=err", "--lines=3", `--since=${began}`];
    const { output: said } = await run("journalctl", [...options, `_SYSTEMD_UNIT=${unit}`]);
    if (said !== "") words.push(said);
    else if (properties["Result"] !== "success") words.push(describeResult(properties));
  }
  return words.join("\n");
}

/**
 * Throws a SandboxError if the host no longer has a unit of the sandbox. systemd inside would wait for it until the start
 * takes too long.
 */
export async function requireUnits(name: SandboxName, units: readonly string[]): Promise<void> {
  const missing = findUninstalled(name, units);
  if (missing.length === 0) return;
  // This reads the packages of the host, which no other start needs.
  const { describeUninstalled } = await import("../../sandbox/uninstalled.ts");
  throw await describeUninstalled(name, missing);
}

/** Its actions on the host. Unit tests replace them. */
export interface SocketsHost {
  readonly run: typeof runQuick;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

const [tries, pause] = [20, 100];

/**
 * Throws a SandboxError if a port of the sandbox is not open, and says who uses it. The sandbox only wants its sockets
 * (Wants=): a required socket would end the start job when it ends with the sandbox. If nobody uses it, asks systemd
 * again: a child that systemd has just forked for something else has the closed socket for a moment longer, and on a busy
 * machine a restart finds its own port taken.
 */
export async function requireSockets(
  name: SandboxName,
  sockets: StartPlan["sockets"],
  { run, sleep }: SocketsHost = { run: runQuick, sleep: setTimeout },
): Promise<void> {
  if (sockets.length === 0) return;
  for (let count = 0; ; count++) {
    const { output } = await run("systemctl", ["is-active", ...sockets.map(({ unit }) => unit)]);
    const states = output.split("\n");
    const closed = sockets.find((_, index) => states[index] !== "active");
    if (closed === undefined) return;
    const { unit, protocol, port } = closed;
    const { output: listeners } = await run("ss", [protocol === "udp" ? "-Hlunp" : "-Hltnp", `sport = :${port}`]);
    const holder = findHolder(listeners);
    if (count === tries || holder !== undefined)
      throw new SandboxError(
        `${protocol === "udp" ? "UDP " : ""}port ${port} of this host is in use by ${holder ?? "another program"}`,
        {
          hint: `Free it, or change Publish= in the conf of ${name}; see journalctl -u ${unit}`,
        },
      );
    if (count > 0) await sleep(pause);
    await run("systemctl", ["start", unit]);
  }
}

/** Parses the lines of ss(8), such as `users:(("nginx",pid=12,fd=5))`. Undefined: nobody, or such a child of systemd. */
export function findHolder(listeners: string): string | undefined {
  const [, program, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(listeners) ?? [];
  return program === undefined || program.startsWith("(sd-") ? undefined : `${program} (process ${pid ?? "?"})`;
}

/** What it reads. Unit tests replace these. */
export interface WallsHost {
  readonly isFiltered: (pid: number) => boolean;
  readonly readConfinement: (pid: number) => string | undefined;
  readonly isRunning: (process: KnownProcess) => boolean;
}

/**
 * Throws a SandboxError if PID 1 of a sandbox runs without a system call filter, or not in its AppArmor profile. libvirt
 * itself enters SELinux's context, and fails.
 */
export function requireWalls(
  name: SandboxName,
  init: KnownProcess,
  control: StartControl,
  host: WallsHost = { isFiltered, readConfinement, isRunning },
): void {
  if (!isFilteredUntilItEnds(init, host))
    throw new SandboxError(`the first process of ${name} has no system call filter, so it is ended`, {
      hint: "`sandboxcontainer doctor` checks the installation",
    });
  if (control.kind !== "apparmor") return;
  const found = host.readConfinement(init.pid);
  if (found === `${control.profile} (enforce)` || !host.isRunning(init)) return;
  throw new SandboxError(
    `the first process of ${name} is not in its AppArmor profile ${control.profile} but ${found ?? "unconfined"}, so it is ended`,
    { hint: "The next start loads it again. `sandboxcontainer doctor` checks the host" },
  );
}

function isFilteredUntilItEnds(init: KnownProcess, host: WallsHost): boolean {
  try {
    return host.isFiltered(init.pid);
  } catch (error) {
    if (!host.isRunning(init)) return true;
    throw error;
  }
}
