import { existsSync, readFileSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { waitUntil } from "../../../base/wait.ts";
import { statusFile } from "../../host/libvirt/domain-files.ts";
import { isRunning, type KnownProcess, sendSignal } from "../../host/process/processes.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import { extendTimeout } from "../../host/systemd/notify.ts";
import { type Ending, isExpected, readEnding } from "../ending.ts";
import { awaitClientEnd } from "../network/dhcp-client.ts";
import { readContainer, tryReadRunning } from "../running/read-running.ts";
import { type RunContainer, runtimeFile } from "../running/run-record.ts";
import { forgetDomain } from "./forget-domain.ts";
import { takeDown } from "./take-down.ts";

/** Its actions on the host. Unit tests replace them. */
export interface DetachHost {
  readonly readContainer: (name: SandboxName) => RunContainer | undefined;
  readonly isRunning: (process: KnownProcess) => boolean;
  readonly kill: (process: KnownProcess) => void;
  readonly knowsDomain: (name: SandboxName) => boolean;
  readonly extendTimeout: (seconds: number) => void;
  readonly forgetDomain: (name: SandboxName) => Promise<void>;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/** Cleans up after any kind of stop, and resolves to how the service ended; undefined if it did not say. */
export async function detachSandbox(name: SandboxName): Promise<Ending | undefined> {
  const ending = await endAndTakeDown(name);
  await reopenSockets(ending);
  return ending;
}

/** Ends the rest of the container, and takes down what launch loaded, mounted and claimed. */
export async function endAndTakeDown(name: SandboxName): Promise<Ending | undefined> {
  await endContainer(name);
  await awaitClientEnd(name);
  const ending = readEnding(name);
  await unloadRules(name);
  await closeForgottenSockets(name);
  await takeDown(name);
  return ending;
}

/** Resolves when PID 1 inside and libvirt's domain are gone. Throws a SandboxError if PID 1 cannot be killed. */
export async function endContainer(name: SandboxName, host: DetachHost = ownHost): Promise<void> {
  const container = host.readContainer(name);
  const { sleep } = host;
  // A killed controller leaves its container running, and libvirtd waits for that. When PID 1 inside ends, the kernel
  // ends the whole container (pid_namespaces(7)).
  if (container?.kind === "started" && !(await endInit(container.init, host)))
    throw new SandboxError(`process ${container.init.pid}, the first process of ${name}, cannot be killed`, {
      hint: `It is waiting for a disk, a network file system, or a stopped process of the host that has entered it. To see where: cat /proc/${container.init.pid}/stack`,
    });
  // If launch was killed, libvirtd may still create the container.
  if (host.knowsDomain(name) || container?.kind === "asked") host.extendTimeout(60);
  // libvirtd forgets a domain a moment after its controller has ended.
  const isForgotten = await waitUntil(() => !host.knowsDomain(name), { within: 1000, sleep });
  if (!isForgotten || container?.kind === "asked") await host.forgetDomain(name);
}

async function endInit(init: KnownProcess, { isRunning: runs, kill, sleep }: DetachHost): Promise<boolean> {
  return waitUntil(
    () => {
      if (!runs(init)) return true;
      kill(init);
      return false;
    },
    { within: 10_000, sleep },
  );
}

async function unloadRules(name: SandboxName): Promise<void> {
  // It is fine if somebody else has already removed the rules.
  for (const file of ["nft-close", "unfilter"]) {
    const rules = orMissing(() => readFileSync(runtimeFile(name, file), "utf8"));
    if (rules !== undefined) await runQuick("nft", ["-f", "-"], { input: rules });
  }
}

// A port that the conf no longer publishes has no unit that would end its socket with the sandbox. Its proxy holds the
// network.
async function closeForgottenSockets(name: SandboxName): Promise<void> {
  const sockets = (tryReadRunning(name)?.sockets ?? []).map(({ unit }) => unit);
  const missing = sockets.filter((socket) => !existsSync(`/run/systemd/generator/${socket}`));
  if (missing.length === 0) return;
  // While systemd reloads its units, none is there. It answers after that.
  const words = ["show", "--property=LoadState", "--value", ...missing];
  const { output } = await runQuick("systemctl", words, { dropErrors: true });
  const states = output.split(/\n+/);
  const forgotten = missing.filter((_, index) => states[index] === "not-found");
  const units = forgotten.flatMap((socket) => [socket, socket.replace(/\.socket$/, ".service")]);
  if (units.length > 0) await runQuick("systemctl", ["stop", "--no-block", ...units]);
}

/**
 * When a sandbox that starts on demand failed, the waiting connections would start it again and again. A socket that is
 * opened again has none: clients that waited learn that nobody serves, and later clients are served once that is
 * possible. A closed socket stays closed.
 */
async function reopenSockets(ending: Ending | undefined): Promise<void> {
  const { SERVICE_RESULT: result = "success", ON_DEMAND: sockets = "" } = process.env;
  const isGood = result === "success" && (ending === undefined || isExpected(ending));
  if (!isGood && sockets !== "")
    await runQuick("systemctl", ["--no-block", "--job-mode=fail", "try-restart", ...sockets.split(" ")]);
}

const ownHost: DetachHost = {
  readContainer,
  isRunning,
  kill: (process) => {
    sendSignal(process, 9);
  },
  knowsDomain: (name) => existsSync(statusFile(name)),
  extendTimeout,
  forgetDomain,
};
