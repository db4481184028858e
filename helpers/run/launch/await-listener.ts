import type { SandboxName } from "../../../base/sandbox-name.ts";
import { waitUntil } from "../../../base/wait.ts";
import { isLocal, type Listener, listListeners } from "../../host/network/listeners.ts";
import { isRunning, type KnownProcess } from "../../host/process/processes.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import type { AwaitedPort } from "../plan/start-plan.ts";

/** What it reads and tells. Unit tests replace these. */
export interface ListenerHost {
  readonly isRunning: (init: KnownProcess) => boolean;
  /** What listens in the network of a process; empty if it has ended. */
  readonly listListeners: (pid: number, protocol: "tcp" | "udp") => readonly Listener[];
  readonly warn: (text: string) => void;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

// Some services take a while. Nobody wants to wait longer for a port that is wrong.
const timeout = 30_000;

/**
 * Waits until something in the network of a container listens on one of its ports, half a minute at most. With none it
 * does not wait. systemd takes a simple service for started before it listens, and the connections that started the
 * sandbox would be refused. Of several ports only one is waited for, because a service need not listen on all of them.
 */
export async function awaitListener(
  name: SandboxName,
  init: KnownProcess,
  ports: readonly AwaitedPort[],
  host: ListenerHost = ownHost,
): Promise<void> {
  if (ports.length === 0) return;
  const listens = (): boolean =>
    (["tcp", "udp"] as const).some((protocol) => {
      const wanted = ports.filter((port) => port.protocol === protocol);
      const found = wanted.length === 0 ? [] : host.listListeners(init.pid, protocol);
      return found.some((each) => wanted.some(({ port, byLink }) => port === each.port && !(byLink && isLocal(each))));
    });
  const isDone = await waitUntil(() => listens() || !host.isRunning(init), { within: timeout, sleep: host.sleep });
  if (isDone) return;
  const all = ports.map(({ protocol, port }) => `${protocol.toUpperCase()} port ${port}`);
  const which = all.length === 1 ? all.join("") : `any of ${all.slice(0, 5).join(", ")}${all.length > 5 ? " …" : ""}`;
  host.warn(
    `nothing inside listens on ${which} where clients come, so connections are refused. To see what does: sandboxcontainer execute ${name} -- ss -lntu`,
  );
}

const ownHost: ListenerHost = {
  isRunning,
  listListeners,
  warn: printWarning,
};
