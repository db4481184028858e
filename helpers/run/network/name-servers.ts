import { readFileSync } from "node:fs";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";
import { readOwnServers, readStartNetwork } from "./start-network.ts";

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
