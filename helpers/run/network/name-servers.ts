import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { orMissing } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { limitAtOnce } from "../../../base/wait.ts";
import { isRunning } from "../../host/process/processes.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { enterWords } from "../enter/enter-words.ts";
import type { StartNetwork } from "../plan/start-plan.ts";
import { readContainer } from "../running/read-running.ts";
import { listStartNetworks, readOwnServers, readStartNetwork } from "./start-network.ts";

/** Texts in the format of resolv.conf(5); undefined if the file does not exist. */
export interface ResolvConfs {
  /** The servers of DNS=. */
  readonly own: string | undefined;
  /** The host's /etc/resolv.conf. */
  readonly host: string | undefined;
  /** The servers that systemd-resolved itself asks. */
  readonly resolved: string | undefined;
}

/**
 * The resolv.conf of a sandbox that has a network but no DHCP. `sharesNetwork`: it uses the host's network, including
 * its loopback.
 */
export function chooseResolvConf({ own, host, resolved }: ResolvConfs, sharesNetwork: boolean): string {
  if (own !== undefined) return own;
  // A sandbox cannot reach a resolver on the host's loopback. systemd-resolved's file names the servers that this
  // resolver asks.
  if (resolved !== undefined && !sharesNetwork && !namesOthers(host ?? "")) return resolved;
  return host ?? "";
}

/** Whether a resolv.conf names a server that is not on the loopback. */
const namesOthers = (text: string): boolean =>
  text.split("\n").some((line) => line.startsWith("nameserver") && !/\s(127\.|::1\s*$)/.test(line));

const read = (path: string): string | undefined => orMissing(() => readFileSync(path, "utf8"));

/** Reads the host's name servers. */
export const readHostServers = (): Pick<ResolvConfs, "host" | "resolved"> => ({
  host: read("/etc/resolv.conf"),
  resolved: read("/run/systemd/resolve/resolv.conf"),
});

export const readResolvConf = (name: SandboxName): string =>
  chooseResolvConf({ own: readOwnServers(name), ...readHostServers() }, readStartNetwork(name)?.kind === "host");

/** The result of telling a sandbox its name servers. */
export type Telling =
  | { readonly kind: "told" }
  | { readonly kind: "not running" }
  | { readonly kind: "too late" }
  | { readonly kind: "failed"; readonly status: number };

/** Its actions on the host. Unit tests replace them. */
export interface FollowHost {
  readonly listSandboxes: () => ReadonlyMap<SandboxName, StartNetwork>;
  readonly hasOwnServers: (name: SandboxName) => boolean;
  readonly readServers: () => unknown;
  readonly tell: (name: SandboxName) => Promise<Telling>;
  readonly warn: (text: string) => void;
}

const maxAtOnce = 32;

/**
 * Tells the host's name servers to all running sandboxes that use them. Root inside can delay the process that writes
 * them as long as it likes, so no sandbox waits for another.
 */
export async function followServers(host: FollowHost = ownHost): Promise<void> {
  const limit = limitAtOnce(maxAtOnce);
  // systemd ignores changes while we run (path_enter_running() in its path.c).
  for (let told = "", now = look(host); told !== now; now = look(host)) {
    told = now;
    await Promise.all(listUsers(host).map((name) => limit(() => tellServers(name, host))));
  }
}

const look = (host: FollowHost): string => JSON.stringify(host.readServers());

/**
 * Tells the servers to one sandbox, and warns if it does not take them. A stopped sandbox gets them at its next start.
 */
export async function tellServers(name: SandboxName, host: FollowHost = ownHost): Promise<void> {
  const telling = await host.tell(name);
  if (telling.kind === "told" || telling.kind === "not running") return;
  const reason =
    telling.kind === "too late"
      ? "it did not take the new ones within ten seconds"
      : `the new ones cannot be written to its /run/host/resolv.conf (status ${telling.status})`;
  host.warn(
    `${name} keeps its old name servers: ${reason}. It has the new ones after: systemctl restart sandbox@${name}`,
  );
}

const listUsers = (host: FollowHost): readonly SandboxName[] =>
  [...host.listSandboxes()]
    .filter(([name, network]) => (network.kind === "host" || !network.dhcp) && !host.hasOwnServers(name))
    .map(([name]) => name);

// The file is always created (dd's conv=excl), because the existing one may be a pipe that nobody reads.
const write =
  "cd /run/host && rm -f resolv.conf.new && dd conv=excl status=none of=resolv.conf.new && mv -fT resolv.conf.new resolv.conf";

// A process inside writes the file, so the path has its inside meaning.
async function tell(name: SandboxName): Promise<Telling> {
  // Nobody enters one that libvirt still starts, or in which packages are configured.
  const container = readContainer(name);
  if (container?.kind !== "started" || !isRunning(container.init)) return { kind: "not running" };
  const words = [...enterWords(name, container.init), "/bin/sh", "-c", write];
  const status = await feed(["--kill-after=2", "10", ...words], readResolvConf(name));
  return describeStatus(status);
}

/** Interprets the exit status of timeout(1). */
export function describeStatus(status: number): Telling {
  if (status === 0) return { kind: "told" };
  return status === 124 || status === 137 ? { kind: "too late" } : { kind: "failed", status };
}

// Output from inside does not belong in the host's journal. A process that keeps the input open must not delay us, so
// we do not wait for the end of the input.
function feed(words: readonly string[], input: string): Promise<number> {
  const child = spawn("timeout", words, { stdio: ["pipe", "ignore", "ignore"] });
  child.stdin.on("error", () => undefined).end(input);
  return new Promise((resolve) => {
    child.once("error", () => {
      resolve(127);
    });
    child.once("exit", (status) => {
      child.stdin.destroy();
      // timeout ends with the same signal as the process that it had to kill.
      resolve(status ?? 137);
    });
  });
}

const ownHost: FollowHost = {
  listSandboxes: listStartNetworks,
  hasOwnServers: (name) => readOwnServers(name) !== undefined,
  readServers: readHostServers,
  tell,
  warn: printWarning,
};
