import { type ChildProcess, spawn } from "node:child_process";
import { randomInt } from "node:crypto";
import { once } from "node:events";
import { closeSync, constants, openSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { helperDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { waitUntil } from "../../../base/wait.ts";
import { readNetworkStatus, servesDhcp } from "../../host/libvirt/networks.ts";
import { makePipe } from "../../host/process/pipes.ts";
import { findProcess, isRunning, type KnownProcess } from "../../host/process/processes.ts";
import { profileOf } from "../../host/walls/apparmor.ts";
import type { StartInterface, StartNetwork } from "../plan/start-plan.ts";
import { readContainer, requireRunning } from "../running/read-running.ts";
import type { RunContainer } from "../running/run-record.ts";
import { type ClientRecord, type OfferedPipe, readClientRecord, writeClientRecord } from "./dhcp-client.ts";
import { readOwnServers, readStartNetwork } from "./start-network.ts";

/** Its actions on the host. Unit tests replace them. */
export interface AskHost {
  readonly readContainer: (name: SandboxName) => RunContainer | undefined;
  readonly readNetwork: (name: SandboxName) => StartNetwork | undefined;
  readonly hasOwnServers: (name: SandboxName) => boolean;
  /** The AppArmor profile for the client; undefined without. */
  readonly readProfile: (name: SandboxName) => string | undefined;
  readonly readClient: (name: SandboxName) => ClientRecord;
  /** Reads libvirtd's record of a network; undefined while the network is down. */
  readonly readNetworkStatus: (network: string) => string | undefined;
  /** Opens the pipe to launch; undefined if launch has ended. */
  readonly openOutcome: (pipe: OfferedPipe) => number | undefined;
  /**
   * Starts a command with that pipe, and closes the pipe here. The output goes to the journal. Undefined if the command
   * has already ended.
   */
  readonly start: (command: readonly string[], outcome: number | undefined) => Promise<KnownProcess | undefined>;
  readonly isRunning: (process: KnownProcess) => boolean;
  /** Whether it has left the network of the host. */
  readonly hasLeft: (process: KnownProcess) => boolean;
  readonly writeClient: (name: SandboxName, client: KnownProcess) => void;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Starts the DHCP client of a sandbox beside its container and resolves to it; undefined if there is no container.
 * Throws a SandboxError if the client does not keep running.
 */
export async function askAddress(name: SandboxName, host: AskHost = ownHost): Promise<KnownProcess | undefined> {
  const container = host.readContainer(name);
  const network = host.readNetwork(name);
  if (container?.kind !== "started" || network === undefined || network.kind === "host") return undefined;
  const { init } = container;
  if (!host.isRunning(init)) return undefined;
  const record = host.readClient(name);
  const outcome = record.kind === "asked" && record.pipe !== undefined ? host.openOutcome(record.pipe) : undefined;
  const command = renderCommand({
    init,
    network: network.network,
    hasServers: host.hasOwnServers(name),
    isAnswerCertain: isAnswerCertain(network, host),
    isAwaited: outcome !== undefined,
    profile: host.readProfile(name),
    inodes: randomInt(1000, 1000 + 2 ** 24),
  });
  const client = await host.start(command, outcome);
  const hasEntered = client !== undefined && (await hasLeftHost(client, host));
  if (!host.isRunning(init)) return undefined;
  if (!hasEntered) throw new SandboxError(`the DHCP client of ${name} ended at once`);
  host.writeClient(name, client);
  return client;
}

async function hasLeftHost(client: KnownProcess, host: AskHost): Promise<boolean> {
  const { sleep } = host;
  await waitUntil(() => host.hasLeft(client) || !host.isRunning(client), { within: 10_000, sleep });
  return host.hasLeft(client);
}

// If libvirt serves DHCP over IPv4, an answer will come, however busy the host is.
function isAnswerCertain({ kind, network }: StartInterface, host: AskHost): boolean {
  const status = kind === "libvirt" ? host.readNetworkStatus(network) : undefined;
  return status !== undefined && servesDhcp(status);
}

/** The parameters of a DHCP client. */
export interface ClientPlan {
  readonly init: KnownProcess;
  readonly network: string;
  /** Whether DNS= sets the name servers. */
  readonly hasServers: boolean;
  readonly isAnswerCertain: boolean;
  /** Whether a start waits for the address. Then the client reports why there is none. */
  readonly isAwaited: boolean;
  /** Its AppArmor profile; undefined without. */
  readonly profile: string | undefined;
  /** private-root recognizes its file system by this number. Nobody inside can know it. */
  readonly inodes: number;
}

/**
 * The client runs in the sandbox's user, network and UTS namespaces, with nothing of the host except /usr. But it is not
 * among the sandbox's processes, and it has rights over the network that nothing else in the sandbox has: root inside can
 * neither see nor change it. It neither runs nor loads anything from the sandbox's tree: its root is the host's /usr, with
 * programs, libraries and their loader (helpers/native/enter-network.c). Its working directory is the sandbox's root, from which
 * inside/private-root makes another root.
 */
export function renderCommand(plan: ClientPlan): readonly string[] {
  const { init, network, hasServers, isAnswerCertain: isPatient, isAwaited, profile, inodes } = plan;
  const inside = join(helperDirectory, "inside").replace(/^\/usr(?=\/)/, "");
  return [
    ...[join(helperDirectory, "enter-network"), ...(isAwaited ? ["--awaited"] : [])],
    ...(profile === undefined ? [] : ["--profile", profile]),
    `${init.pid}:${init.began}`,
    ...[join(inside, "private-root"), String(inodes), join(helperDirectory, "inside/ask-address")],
    ...[network, hasServers ? "known" : "", isPatient ? "long" : "short"],
  ];
}

async function start(command: readonly string[], outcome: number | undefined): Promise<KnownProcess | undefined> {
  const output = makePipe();
  const client = startClient(command, output.writer, outcome ?? output.writer);
  for (const file of new Set([output.writer, outcome ?? output.writer])) closeSync(file);
  // This leaves a process behind, as long as the client runs.
  const copier = spawn(join(helperDirectory, "copy-console"), { stdio: [output.reader, 2, 2] });
  closeSync(output.reader);
  await Promise.all([once(client, "spawn"), once(copier, "exit")]);
  return client.pid === undefined ? undefined : findProcess(client.pid);
}

/**
 * Starts the client, whose words go to `output` by its descriptors 1 and 9, and why there is no address to `outcome`,
 * by its descriptor 8. Its standard error is lost, because a shell complains of a working directory that it cannot
 * name.
 */
export function startClient(command: readonly string[], output: number, outcome: number): ChildProcess {
  const [program = "", ...args] = command;
  const none = [null, null, null, null, null];
  return spawn(program, args, { stdio: ["ignore", output, "ignore", ...none, outcome, output] });
}

function hasLeft({ pid }: KnownProcess): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/net`) !== readlinkSync("/proc/self/ns/net");
  } catch {
    // The process has ended.
    return false;
  }
}

// launch is a process of the host. Opened by its descriptor, a pipe needs no path below the sandbox's root.
function openOutcome({ process, descriptor }: OfferedPipe): number | undefined {
  try {
    const pipe = openSync(`/proc/${process.pid}/fd/${descriptor}`, constants.O_RDWR);
    if (isRunning(process)) return pipe;
    closeSync(pipe);
  } catch {
    // It has ended.
  }
  return undefined;
}

const ownHost: AskHost = {
  readContainer,
  readNetwork: readStartNetwork,
  hasOwnServers: (name) => readOwnServers(name) !== undefined,
  readProfile: (name) => (requireRunning(name).control.kind === "apparmor" ? profileOf(name, "address") : undefined),
  readClient: readClientRecord,
  readNetworkStatus,
  openOutcome,
  start,
  isRunning,
  hasLeft,
  writeClient: writeClientRecord,
};
