import { writeSync } from "node:fs";
import { describeError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { OpenPipe } from "../../host/process/pipes.ts";
import { isRunning, type KnownProcess, type Limit, setLimit } from "../../host/process/processes.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { runQuick } from "../../host/process/run-quick.ts";
import type { StartedContainer } from "./start-container.ts";

/** Reads systemd's limit for this unit. Our own limit differs: the runtime raises it when it starts. */
export async function readFileLimit(name: SandboxName): Promise<Limit | undefined> {
  // systemctl would ask for all properties, which takes twice as long.
  const words = ["get-property", "org.freedesktop.systemd1", unitPath(`sandbox@${name}.service`)];
  const properties = ["org.freedesktop.systemd1.Service", "LimitNOFILESoft", "LimitNOFILE"];
  const { output } = await runQuick("busctl", [...words, ...properties]);
  return parseFileLimit(output);
}

/** The path of a unit on D-Bus (sd_bus_path_encode(3)). */
export const unitPath = (unit: string): string =>
  `/org/freedesktop/systemd1/unit/${unit.replaceAll(/[^A-Za-z0-9]/g, (character) => `_${character.charCodeAt(0).toString(16).padStart(2, "0")}`)}`;

/**
 * Raises the limit of open files of PID 1 inside to that of a service of the host; PID 1 waits at a pipe for this. It
 * starts with a low limit, because libvirt closes every possible descriptor, one by one (see helpers/controller).
 */
export function raiseFileLimit({ name, init }: StartedContainer, limit: Limit | undefined, pipe: OpenPipe): void {
  if (init !== undefined && limit !== undefined) raise(name, init, limit);
  // The pipe is open in both directions, so we do not wait for a process that is gone.
  writeSync(pipe.writer, "\n");
}

function raise(name: SandboxName, init: KnownProcess, limit: Limit): void {
  try {
    setLimit("nofile", limit, init.pid);
  } catch (error) {
    if (isRunning(init))
      printWarning(`the limit on open files of ${name} could not be raised: ${describeError(error)}`);
  }
}

/** Parses the output of busctl, such as `t 1024` for each; undefined if it contains no numbers. */
export function parseFileLimit(text: string): Limit | undefined {
  const [, soft, hard] = /^t (\d+)\nt (\d+)$/.exec(text.trim()) ?? [];
  return soft === undefined || hard === undefined ? undefined : { soft: readLimit(soft), hard: readLimit(hard) };
}

// This number is RLIM_INFINITY.
const readLimit = (number: string): number => (number === "18446744073709551615" ? Infinity : Number(number));
