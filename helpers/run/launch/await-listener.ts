import { closeSync, openSync, readSync } from "node:fs";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { isRunning, type KnownProcess } from "../../host/process-start.ts";
import { printWarning } from "../../host/run-helper.ts";
import { waitUntil } from "../../host/wait.ts";

/** What it reads and tells. Unit tests replace these. */
export interface ListenerHost {
  readonly isRunning: (init: KnownProcess) => boolean;
  /** Reads /proc/PID/net/tcp or tcp6; empty if the process has ended. */
  readonly readSockets: (pid: number, file: "tcp" | "tcp6") => string;
  readonly warn: (text: string) => void;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

// Some services take a while. Nobody wants to wait longer for a port that is wrong.
const patience = 30_000;

/**
 * Waits until something in the network of a container listens on one of its TCP ports, half a minute at most. With none it
 * does not wait. systemd takes a simple service for started before it listens, and the connections that started the
 * sandbox would be refused. Of several ports only one is waited for, because a service need not listen on all of them.
 */
export async function awaitListener(
  name: SandboxName,
  init: KnownProcess,
  ports: readonly number[],
  host: ListenerHost = ownHost,
): Promise<void> {
  if (ports.length === 0) return;
  const listens = (): boolean =>
    (["tcp", "tcp6"] as const).some((file) =>
      parseListeners(host.readSockets(init.pid, file)).some((port) => ports.includes(port)),
    );
  const isDone = await waitUntil(() => listens() || !host.isRunning(init), { within: patience, sleep: host.sleep });
  if (isDone) return;
  const which = ports.length === 1 ? `TCP port ${ports.join("")}` : `any of the TCP ports ${ports.join(", ")}`;
  host.warn(
    `nothing inside listens on ${which}, so connections are refused. To see what does: sandboxcontainer execute ${name} -- ss -ltn`,
  );
}

/** Parses /proc/net/tcp or tcp6 (proc_pid_net(5)): the ports of sockets in the state LISTEN. */
export const parseListeners = (text: string): readonly number[] =>
  [...text.matchAll(/^ *\d+: [0-9A-F]+:([0-9A-F]{4}) [0-9A-F]+:0000 0A /gm)].map(([, port = ""]) => parseInt(port, 16));

// Sockets that listen come first, so the rest of a long table does not matter.
const table = Buffer.alloc(65_536);

function readSockets(pid: number, file: "tcp" | "tcp6"): string {
  try {
    const opened = openSync(`/proc/${pid}/net/${file}`, "r");
    try {
      let read = 0;
      // The kernel gives a page at a time.
      for (let count = -1; count !== 0 && read < table.length; read += count)
        count = readSync(opened, table, read, table.length - read, null);
      return table.toString("latin1", 0, read);
    } finally {
      closeSync(opened);
    }
  } catch {
    // The container has ended, or the kernel has no IPv6.
    return "";
  }
}

const ownHost: ListenerHost = { isRunning, readSockets, warn: printWarning };
