import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { runQuick } from "../../host/run-quick.ts";
import type { PreparedStart } from "../start-files.ts";

type Run = typeof runQuick;

/**
 * Throws a SandboxError if a port of the sandbox is not open, and says who uses it. The sandbox only wants its sockets
 * (Wants=): a required socket would end the start job when it ends with the sandbox.
 */
export async function requireSockets(
  name: SandboxName,
  sockets: PreparedStart["sockets"],
  run: Run = runQuick,
): Promise<void> {
  if (sockets.length === 0) return;
  const { output } = await run("systemctl", ["is-active", ...sockets.map(({ unit }) => unit)]);
  const states = output.split("\n");
  const closed = sockets.find((_, index) => states[index] !== "active");
  if (closed === undefined) return;
  const { unit, port } = closed;
  const { output: listeners } = await run("ss", ["-Hltnp", `sport = :${port}`]);
  throw new SandboxError(`port ${port} of this host is in use by ${findHolder(listeners)}`, {
    hint: `Free it, or change Publish= in the conf of ${name}; see journalctl -u ${unit}`,
  });
}

/** Parses the lines of ss(8), such as `users:(("nginx",pid=12,fd=5))`. */
function findHolder(listeners: string): string {
  const [, program, pid] = /users:\(\("([^"]*)",pid=(\d+)/.exec(listeners) ?? [];
  return program === undefined ? "another program" : `${program} (process ${pid ?? "?"})`;
}
