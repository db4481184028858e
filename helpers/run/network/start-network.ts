import { readdirSync } from "node:fs";
import { orMissing } from "../../../base/files.ts";
import { stateRoot } from "../../../base/paths.ts";
import { isSandboxName, type SandboxName } from "../../../base/sandbox-name.ts";
import type { StartNetwork } from "../plan/start-plan.ts";
import { tryReadRunning } from "../running/read-running.ts";

/** The network that a sandbox runs with, or that its next start has; undefined if it has only a loopback. */
export const readStartNetwork = (name: SandboxName): StartNetwork | undefined =>
  tryReadRunning(name)?.network ?? undefined;

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
export const readOwnServers = (name: SandboxName): string | undefined => serversOf(readStartNetwork(name));

export const serversOf = (network: StartNetwork | undefined): string | undefined =>
  network === undefined || network.kind === "host" ? undefined : (network.servers ?? undefined);
