import { writeSync } from "node:fs";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import type { OpenPipe } from "../../host/pipes.ts";
import { isRunning } from "../../host/process-start.ts";
import { printWarning } from "../../host/run-helper.ts";
import { runQuick } from "../../host/run-quick.ts";
import type { StartedContainer } from "./start-container.ts";

/** What systemd allows this unit, as `SOFT:HARD` for prlimit(1). Ours is another one: the runtime raises its own as it starts. */
export async function readFileLimit(name: SandboxName): Promise<string | undefined> {
  const properties = "--property=LimitNOFILE,LimitNOFILESoft";
  const { output } = await runQuick("systemctl", ["show", properties, `sandbox@${name}.service`]);
  return parseFileLimit(output);
}

/**
 * PID 1 inside waits at a pipe until it may have as many files open as a service of the host may. It starts with few: libvirt closes each file that
 * might be open, one by one (see helpers/controller).
 */
export async function raiseFileLimit(
  { name, init }: StartedContainer,
  limit: string | undefined,
  pipe: OpenPipe,
): Promise<void> {
  if (init !== undefined && limit !== undefined) {
    const { status } = await runQuick("prlimit", [`--pid=${init.pid}`, `--nofile=${limit}`]);
    if (status !== 0 && isRunning(init)) printWarning(`the limit of open files of ${name} could not be raised`);
  }
  // Open for both directions, so that nobody waits for one who is gone.
  writeSync(pipe.writer, "\n");
}

/** From what systemctl shows; undefined when it shows none. */
export function parseFileLimit(text: string): string | undefined {
  const soft = /^LimitNOFILESoft=(\w+)$/m.exec(text)?.[1];
  const hard = /^LimitNOFILE=(\w+)$/m.exec(text)?.[1];
  const number = (value: string): string => (value === "infinity" ? "unlimited" : value);
  return soft === undefined || hard === undefined ? undefined : `${number(soft)}:${number(hard)}`;
}
