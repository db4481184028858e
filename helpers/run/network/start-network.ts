import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { stateRoot } from "../../../generator/conf/paths.ts";
import { isSandboxName, type SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";
import { startDirectory } from "../start-files.ts";
import type { Interface } from "./network-plan.ts";

/** The facts about a network that a start needs; prepare records them. */
export type StartNetwork =
  /** The host's network. */
  { readonly kind: "host" } | StartInterface;

/** The sandbox has its own interface. */
export interface StartInterface extends Pick<Interface, "kind" | "network" | "device" | "dhcp"> {
  /** Texts without the prefix length; empty with DHCP. */
  readonly addresses: readonly string[];
}

/** Writes `libvirt NETWORK DEVICE dhcp`, `bridge BRIDGE DEVICE static ADDRESS…`, or `host`. */
export function renderStartNetwork(network: StartNetwork): string {
  if (network.kind === "host") return "host\n";
  const { kind, network: which, device, dhcp, addresses } = network;
  return `${[kind, which, device, ...(dhcp ? ["dhcp"] : ["static", ...addresses])].join(" ")}\n`;
}

/** Undefined for any other text. */
export function parseStartNetwork(text: string): StartNetwork | undefined {
  const [kind, network = "", device = "", addressing, ...addresses] = text.trim().split(/\s+/);
  if (kind === "host") return { kind };
  if (kind !== "libvirt" && kind !== "bridge") return undefined;
  return { kind, network, device, dhcp: addressing === "dhcp", addresses };
}

/** Reads the network that a sandbox starts with; undefined if it has only a loopback. */
export function readStartNetwork(name: SandboxName): StartNetwork | undefined {
  const text = orMissing(() => readFileSync(join(startDirectory(name), "network"), "utf8"));
  return text === undefined ? undefined : parseStartNetwork(text);
}

/** The networks of all sandboxes, sorted by name. */
export const listStartNetworks = (): ReadonlyMap<SandboxName, StartNetwork> =>
  new Map(
    (orMissing(() => readdirSync(stateRoot)) ?? [])
      .filter(isSandboxName)
      .sort()
      .flatMap((name): readonly (readonly [SandboxName, StartNetwork])[] => {
        const network = readStartNetwork(name);
        return network === undefined ? [] : [[name, network]];
      }),
  );

/** The resolv.conf with the servers of DNS=; undefined without DNS=. */
export const readOwnServers = (name: SandboxName): string | undefined =>
  orMissing(() => readFileSync(join(startDirectory(name), "servers"), "utf8"));
