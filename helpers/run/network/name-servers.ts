import { readFileSync } from "node:fs";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";
import { readOwnServers, readStartNetwork } from "./start-network.ts";

/** Texts as resolv.conf(5) has it; undefined where there is no such file. */
export interface ResolvConfs {
  /** What DNS= says. */
  readonly own: string | undefined;
  /** /etc/resolv.conf of the host. */
  readonly host: string | undefined;
  /** The servers that systemd-resolved itself asks. */
  readonly resolved: string | undefined;
}

/** The resolv.conf of a sandbox that has a network and no DHCP. `sharesNetwork`: that of the host, with its loopback. */
export function chooseResolvConf({ own, host, resolved }: ResolvConfs, sharesNetwork: boolean): string {
  if (own !== undefined) return own;
  // A sandbox does not reach a resolver on the host's loopback. systemd-resolved tells whom that would ask.
  if (resolved !== undefined && !sharesNetwork && !namesOthers(host ?? "")) return resolved;
  return host ?? "";
}

/** Whether a resolv.conf names a server that is not on the loopback. */
const namesOthers = (text: string): boolean =>
  text.split("\n").some((line) => line.startsWith("nameserver") && !/\s(127\.|::1\s*$)/.test(line));

const read = (path: string): string | undefined => orMissing(() => readFileSync(path, "utf8"));

/** What the host has of them. */
export const readHostServers = (): Pick<ResolvConfs, "host" | "resolved"> => ({
  host: read("/etc/resolv.conf"),
  resolved: read("/run/systemd/resolve/resolv.conf"),
});

export const readResolvConf = (name: SandboxName): string =>
  chooseResolvConf({ own: readOwnServers(name), ...readHostServers() }, readStartNetwork(name)?.kind === "host");
