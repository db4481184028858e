import { setTimeout } from "node:timers/promises";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { runQuick } from "../../host/run-quick.ts";
import type { StartPlan } from "../plan/start-plan.ts";

/** Its actions on the host. Unit tests replace them. */
export interface SocketsHost {
  readonly run: typeof runQuick;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

const [tries, pause] = [20, 100];

/**
 * Throws a SandboxError if a port of the sandbox is not open, and says who uses it. The sandbox only wants its sockets
 * (Wants=): a required socket would end the start job when it ends with the sandbox. If nobody uses it, asks systemd
 * again: a child that systemd has just forked for something else has the closed socket for a moment longer, and on a busy
 * machine a restart finds its own port taken.
 */
export async function requireSockets(
  name: SandboxName,
  sockets: StartPlan["sockets"],
  { run, sleep }: SocketsHost = { run: runQuick, sleep: setTimeout },
): Promise<void> {
  if (sockets.length === 0) return;
  for (let count = 0; ; count++) {
    const { output } = await run("systemctl", ["is-active", ...sockets.map(({ unit }) => unit)]);
    const states = output.split("\n");
    const closed = sockets.find((_, index) => states[index] !== "active");
    if (closed === undefined) return;
    const { unit, protocol, port } = closed;
    const { output: listeners } = await run("ss", [protocol === "udp" ? "-Hlunp" : "-Hltnp", `sport = :${port}`]);
    const holder = findHolder(listeners);
    if (count === tries || holder !== undefined)
      throw new SandboxError(
        `${protocol === "udp" ? "UDP " : ""}port ${port} of this host is in use by ${holder ?? "another program"}`,
        {
          hint: `Free it, or change Publish= in the conf of ${name}; see journalctl -u ${unit}`,
        },
      );
    if (count > 0) await sleep(pause);
    await run("systemctl", ["start", unit]);
  }
}

/** Parses the lines of ss(8), such as `users:(("nginx",pid=12,fd=5))`. Undefined: nobody, or such a child of systemd. */
export function findHolder(listeners: string): string | undefined {
  const [, program, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(listeners) ?? [];
  return program === undefined || program.startsWith("(sd-") ? undefined : `${program} (process ${pid ?? "?"})`;
}
