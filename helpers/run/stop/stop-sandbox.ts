import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { orMissing, writeFile } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { waitUntil } from "../../../base/wait.ts";
import { isLibvirtRunning, statusFile } from "../../host/libvirt/domain-files.ts";
import { isConnected } from "../../host/network/listeners.ts";
import { isRunning, type KnownProcess, sendSignal } from "../../host/process/processes.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import { extendTimeout } from "../../host/systemd/notify.ts";
import { isTreeGone } from "../../sandbox/root-gone.ts";
import { isConsoleCopied } from "../ending.ts";
import { readContainer } from "../running/read-running.ts";
import { findRunRecord, type RunContainer, runtimeFile } from "../running/run-record.ts";
import { continueEntered, findEntryGroup } from "./continue-entered.ts";
import { forgetDomain } from "./forget-domain.ts";

// SIGRTMIN+3 halts systemd (systemd(1)); inside/init treats it as SIGTERM.
const haltSignal = 37;
// Without its tree nothing inside can halt: /dev and /proc have gone with it.
const killSignal = 9;

// Milliseconds for those who came while an idle sandbox began to stop.
const mostForVisitors = 30_000;
// The seconds that a stop has if it waits for them, also if TimeoutStopSec= is less.
const timeForVisitors = 60;

/** The actions of a stop on the host. Unit tests replace them. */
export interface StopHost {
  readonly readContainer: (name: SandboxName) => RunContainer | undefined;
  readonly isRunning: (process: KnownProcess) => boolean;
  readonly isTreeGone: (name: SandboxName) => boolean;
  readonly sendSignal: (process: KnownProcess, signal: number) => void;
  readonly findEntryGroup: (controller: KnownProcess) => string | undefined;
  readonly continueEntered: (group: string) => void;
  readonly moveHere: (process: KnownProcess) => void;
  /** Of a sandbox on demand: see openPorts. */
  readonly shutPorts: (name: SandboxName) => Promise<void>;
  /** Whether somebody is connected to a sandbox that stops because it was idle. */
  readonly isVisited: (name: SandboxName, init: KnownProcess) => boolean;
  readonly extendTimeout: (seconds: number) => void;
  readonly knowsDomain: (name: SandboxName) => boolean;
  readonly isLibvirtRunning: () => boolean;
  readonly isConsoleCopied: (name: SandboxName) => boolean;
  readonly forgetDomain: (name: SandboxName) => Promise<void>;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Makes PID 1 inside halt, and resolves when libvirt no longer knows the domain, however long that takes: systemd ends
 * the wait after TimeoutStopSec=, and detach does the rest. Needs no conf, and succeeds if nothing runs.
 */
export async function stopSandbox(name: SandboxName, host: StopHost = ownHost): Promise<void> {
  const container = host.readContainer(name);
  const { sleep } = host;
  await host.shutPorts(name);
  if (container?.kind === "started") {
    const { init } = container;
    const isFree = (): boolean => !host.isRunning(init) || !host.isVisited(name, init);
    if (!isFree()) {
      host.extendTimeout(timeForVisitors);
      await waitUntil(isFree, { within: mostForVisitors, sleep });
    }
    await endContainer(container, host.isTreeGone(name) ? killSignal : haltSignal, host);
  }
  // libvirtd removes the status file of a domain when it forgets it. A healthy stop does not call libvirt.
  const isForgotten = await waitUntil(() => !host.knowsDomain(name) || !host.isLibvirtRunning(), {
    within: 3000,
    sleep,
  });
  if (!isForgotten || host.knowsDomain(name)) await host.forgetDomain(name);
  // systemd ends the rest of the service when a stop is done. Before that the last output of the console must reach the
  // journal.
  await waitUntil(() => host.isConsoleCopied(name), { within: 3000, sleep });
}

async function endContainer(
  { init, controller }: Extract<RunContainer, { kind: "started" }>,
  signal: number,
  host: StopHost,
): Promise<void> {
  const runs = controller !== null && host.isRunning(controller);
  const group = runs ? host.findEntryGroup(controller) : undefined;
  const continueAll = (): void => {
    if (group !== undefined) host.continueEntered(group);
  };
  continueAll();
  // libvirt empties the container's cgroup when the controller ends, and sleeps 0.2 s each time that it finds a process
  // there: usually the controller itself, which is about to exit.
  if (runs) host.moveHere(controller);
  if (host.isRunning(init)) host.sendSignal(init, signal);
  const hasEnded = (): boolean => ![init, controller].some((each) => each !== null && host.isRunning(each));
  const { sleep } = host;
  if (await waitUntil(hasEnded, { within: 1000, sleep })) return;
  await waitUntil(
    () => {
      continueAll();
      return hasEnded();
    },
    { sleep },
  );
}

// Does this in each hierarchy (cgroups(7)): version 2 has one without a name, version 1 a folder for each. Skips one
// that is not available.
function moveHere({ pid }: KnownProcess): void {
  for (const line of readFileSync("/proc/self/cgroup", "utf8").trim().split("\n")) {
    const [, hierarchy = "", cgroup = ""] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
    const procs = join("/sys/fs/cgroup", hierarchy.replace(/^name=/, ""), cgroup, "cgroup.procs");
    try {
      writeFile(procs, String(pid));
    } catch {
      continue;
    }
  }
}

async function shutPorts(name: SandboxName): Promise<void> {
  const rules = orMissing(() => readFileSync(runtimeFile(name, "nft-shut"), "utf8"));
  if (rules === undefined) return;
  // Whoever loads the rules of all sandboxes again must not open them. A firewall may have removed the table.
  rmSync(runtimeFile(name, "nft"), { force: true });
  await runQuick("nft", ["-f", "-"], { input: rules });
}

// stop-idle makes the file. Until the ports are shut the kernel leads clients to the sandbox.
function isVisited(name: SandboxName, { pid }: KnownProcess): boolean {
  if (!existsSync(runtimeFile(name, "idle-stop"))) return false;
  const record = findRunRecord(name);
  if (record === undefined || record === "damaged" || record.plan.ports === null) return false;
  return isConnected(
    pid,
    record.plan.ports.link.addresses.map(({ sandbox }) => sandbox),
  );
}

const ownHost: StopHost = {
  shutPorts,
  isVisited,
  extendTimeout,
  readContainer,
  isRunning,
  isTreeGone,
  sendSignal,
  findEntryGroup,
  continueEntered,
  moveHere,
  knowsDomain: (name) => existsSync(statusFile(name)),
  isLibvirtRunning,
  isConsoleCopied,
  forgetDomain,
};
