import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Conf } from "../../generator/conf.ts";
import { groupPorts } from "../../generator/publish-groups.ts";
import { SandboxError } from "../../generator/sandbox-error.ts";

const runFile = promisify(execFile);

/**
 * Throws a SandboxError unless systemd listens on all published ports. The sandbox only wants its sockets: one that it
 * required would take its start job along when it ends with it, and nobody would read why.
 */
export async function requirePorts(conf: Conf): Promise<void> {
  const groups = groupPorts(conf);
  if (groups.length === 0) return;
  const units = groups.map(({ unit }) => `${unit}.socket`);
  const states = (await printedBy("systemctl", ["is-active", "--", ...units])).trim().split("\n");
  const closed = groups[states.findIndex((state) => state !== "active")];
  if (closed === undefined) return;
  const holder = /users:\(\("([^"]+)",pid=(\d+)/.exec(await printedBy("ss", ["-Hltnp", `sport = :${closed.hostPort}`]));
  throw new SandboxError(
    holder === null
      ? `port ${closed.hostPort} of this host could not be opened (${closed.unit}.socket)`
      : `port ${closed.hostPort} of this host is in use by ${holder[1] ?? ""} (process ${holder[2] ?? ""})`,
    { hint: `Free it, or change Publish= in the conf of ${conf.name}; see journalctl -u ${closed.unit}.socket` },
  );
}

// Their exit status says what their output says.
async function printedBy(command: string, args: readonly string[]): Promise<string> {
  try {
    return (await runFile(command, args)).stdout;
  } catch (error) {
    return (error as { stdout?: string }).stdout ?? "";
  }
}
