import { join } from "node:path";
import { SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { once } from "../../../base/once.ts";
import { mountsDirectory, networkLock } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { parseIpAddress } from "../../../conf/values/network.ts";
import { type Lock, takeLock } from "../../host/files/lock.ts";
import {
  bridgeOf,
  listNetworks,
  type NetworkStart,
  readNetworkStatus,
  startNetwork,
} from "../../host/libvirt/networks.ts";
import { deleteLink, isBridge, type LinkAddress, listBridges, listLinkAddresses } from "../../host/network/links.ts";
import { type QuickResult, runQuick } from "../../host/process/run-quick.ts";
import type { StartInterface, StartNetwork } from "../plan/start-plan.ts";
import { runtimeFile } from "../running/run-record.ts";
import { nameBridge } from "./filter-rules.ts";
import { readResolvConf } from "./name-servers.ts";
import { listStartNetworks, serversOf } from "./start-network.ts";
import { listTaken, renderTaken } from "./taken-addresses.ts";

/** Its actions on the host. Unit tests replace them. */
export interface NetworkHost {
  readonly listSandboxes: () => ReadonlyMap<SandboxName, StartNetwork>;
  readonly startNetwork: (network: string) => Promise<NetworkStart>;
  readonly listNetworks: () => Promise<readonly string[]>;
  /** The bridge of a libvirt network. */
  readonly bridgeOf: (network: string) => string | undefined;
  readonly isBridge: (device: string) => boolean;
  readonly listBridges: () => readonly string[];
  readonly listAddresses: () => Promise<readonly LinkAddress[]>;
  readonly deleteLink: (device: string) => Promise<string | undefined>;
  readonly takeLock: () => Promise<Pick<Lock, "release">>;
  readonly nft: (rules: string) => Promise<QuickResult>;
  readonly writeUnload: (name: SandboxName, rules: string) => void;
  /** For units/sandboxcontainer-ports.service. */
  readonly writeLoaded: (name: SandboxName, rules: string) => void;
  readonly writeResolvConf: (name: SandboxName) => void;
}

/**
 * Before anything of a sandbox runs, makes sure that its libvirt network or bridge is up, loads the rules for what it
 * may send, and gives it the name servers. Does nothing for a sandbox with only a loopback. detach removes the rules.
 * Throws a SandboxError.
 */
export async function setUpNetwork(
  name: SandboxName,
  network: StartNetwork | null,
  host: NetworkHost = ownHost,
): Promise<void> {
  if (network === null) return;
  if (network.kind !== "host") await setUpInterface(name, network, host);
  // With DHCP the client writes this file.
  if (network.kind === "host" || !network.dhcp || serversOf(network) !== undefined) host.writeResolvConf(name);
}

async function setUpInterface(name: SandboxName, nic: StartInterface, host: NetworkHost): Promise<void> {
  const bridge = await findBridge(name, nic, host);
  // A killed controller leaves the interface behind, or libvirt is about to delete it after a stop.
  const reason = await host.deleteLink(nic.device);
  if (reason !== undefined)
    throw new SandboxError(`the interface ${nic.device} of an earlier start cannot be deleted: ${reason}`);
  // Only one start at a time does this, or an older list could replace a newer one.
  const lock = await host.takeLock();
  try {
    const addresses = await host.listAddresses();
    refuseTaken(name, nic, addresses);
    const taken = listTaken({ name: bridge, of: once(host.bridgeOf) }, addresses, host.listSandboxes());
    await loadRules(name, bridge, { rules: nic.rules, taken: renderTaken(bridge, taken) }, host);
  } finally {
    lock.release();
  }
}

async function findBridge(name: SandboxName, nic: StartInterface, host: NetworkHost): Promise<string> {
  return nic.kind === "libvirt" ? findLibvirtBridge(name, nic.network, host) : findOwnBridge(name, nic.network, host);
}

async function findLibvirtBridge(name: SandboxName, network: string, host: NetworkHost): Promise<string> {
  const start = await host.startNetwork(network);
  if (start.kind === "unknown")
    throw new SandboxError(
      `there is no libvirt network ${network}. Networks here: ${list(await host.listNetworks())}`,
      { hint: `Change Network= in the conf of ${name}, or define it: virsh net-define` },
    );
  if (start.kind === "failed") throw new SandboxError(`the libvirt network ${network} did not start: ${start.reason}`);
  const bridge = host.bridgeOf(network);
  if (bridge !== undefined) return bridge;
  throw new SandboxError(`the libvirt network ${network} has no bridge, but sandboxes need one`);
}

function findOwnBridge(name: SandboxName, bridge: string, host: NetworkHost): string {
  if (host.isBridge(bridge)) return bridge;
  throw new SandboxError(`there is no bridge ${bridge} on this host. Bridges here: ${list(host.listBridges())}`, {
    hint: `Change Network= in the conf of ${name}`,
  });
}

const list = (names: readonly string[]): string => names.join(" ") || "none";

function refuseTaken(name: SandboxName, nic: StartInterface, host: readonly LinkAddress[]): void {
  for (const address of nic.addresses) {
    const taken = host.find(({ text }) => text === parseIpAddress(address).text);
    if (taken !== undefined)
      throw new SandboxError(`this host already has the address ${address}, on ${taken.device}`, {
        hint: `Change Address= in the conf of ${name}`,
      });
  }
}

async function loadRules(
  name: SandboxName,
  bridge: string,
  { rules, taken }: Pick<StartInterface, "rules"> & { readonly taken: string },
  host: NetworkHost,
): Promise<void> {
  if (rules === null) {
    // Other sandboxes, which do have rules, must still not take this one's address.
    await host.nft(taken);
    return;
  }
  host.writeUnload(name, nameBridge(rules.unload, bridge));
  const load = nameBridge(rules.load, bridge) + taken;
  host.writeLoaded(name, load);
  const { status, output } = await host.nft(load);
  if (status !== 0)
    throw new SandboxError(`the rules against spoofing cannot be loaded: ${output}`, {
      hint: "Is nftables installed? To do without them: Filter=none in the conf's [Network] section",
    });
}

function findNetworkBridge(network: string): string | undefined {
  const status = readNetworkStatus(network);
  return status === undefined ? undefined : bridgeOf(status);
}

const ownHost: NetworkHost = {
  listSandboxes: listStartNetworks,
  startNetwork,
  listNetworks,
  bridgeOf: findNetworkBridge,
  isBridge,
  listBridges,
  listAddresses: listLinkAddresses,
  deleteLink,
  // After half a minute the start goes on without the lock.
  takeLock: () => takeLock(networkLock, 30),
  nft: (rules) => runQuick("nft", ["-f", "-"], { input: rules }),
  writeUnload: (name, rules) => {
    writeFile(runtimeFile(name, "unfilter"), rules);
  },
  writeLoaded: (name, rules) => {
    writeFile(runtimeFile(name, "nft-network"), rules);
  },
  writeResolvConf: (name) => {
    writeFile(join(mountsDirectory(name), "run/host/resolv.conf"), readResolvConf(name));
  },
};
