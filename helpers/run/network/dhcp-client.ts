import { readFileSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing, writeFile } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { waitUntil } from "../../../base/wait.ts";
import { isRunning, type KnownProcess, ownStart } from "../../host/process/processes.ts";
import type { QuickResult } from "../../host/process/run-quick.ts";
import { runtimeFile } from "../running/run-record.ts";

/** The record of a sandbox's DHCP client. */
export type ClientRecord =
  /** No start has asked for a client. */
  | { readonly kind: "none" }
  /** A start asked for a client and waits for the address. The client must say through the pipe why there is none. */
  | { readonly kind: "asked"; readonly pipe: OfferedPipe | undefined }
  | { readonly kind: "started"; readonly client: KnownProcess };

/** A pipe that a process of the host has open. */
export interface OfferedPipe {
  readonly process: KnownProcess;
  readonly descriptor: number;
}

const recordFile = (name: SandboxName): string => runtimeFile(name, "client");

export function readClientRecord(name: SandboxName): ClientRecord {
  const text = orMissing(() => readFileSync(recordFile(name), "utf8"));
  return text === undefined ? { kind: "none" } : parseClientRecord(text);
}

/** Parses `PID BEGAN` of a client, or `asked PID BEGAN DESCRIPTOR`. */
export function parseClientRecord(text: string): ClientRecord {
  const [, asked, pid, began, , descriptor] = /^(asked )?(\d+) (\d+)( (\d+))?$/.exec(text.trim()) ?? [];
  if (pid === undefined || began === undefined || (asked === undefined) !== (descriptor === undefined))
    return { kind: "asked", pipe: undefined };
  const process = { pid: Number(pid), began };
  return asked === undefined
    ? { kind: "started", client: process }
    : { kind: "asked", pipe: { process, descriptor: Number(descriptor) } };
}

export function writeClientRecord(name: SandboxName, { pid, began }: KnownProcess): void {
  writeFile(recordFile(name), `${pid} ${began}\n`, { mode: 0o600 });
}

/** The actions on the host that start a client. Unit tests replace them. */
export interface StartHost {
  readonly write: (path: string, text: string) => void;
  readonly run: (program: string, args: readonly string[]) => Promise<QuickResult>;
}

/**
 * Makes systemd run the client beside PID 1 inside, and does not wait for the client. PID 1 must already run and be
 * recorded. The client may write why there is no address to the pipe that we have open as `descriptor`. Throws a
 * SandboxError.
 */
export async function startDhcpClient(name: SandboxName, descriptor: number, host: StartHost): Promise<void> {
  host.write(recordFile(name), `asked ${process.pid} ${ownStart()} ${descriptor}\n`);
  const unit = `sandbox-dhcp@${name}.service`;
  // A client of an earlier start would be in another network.
  const { status, output } = await host.run("systemctl", ["--no-block", "restart", unit]);
  if (status !== 0)
    throw new SandboxError(`systemd did not start the DHCP client of ${name}: ${output}`, {
      hint: `See systemctl status ${unit}`,
    });
}

/** The questions to the host while we wait for a client. Unit tests replace them. */
export interface ClientHost {
  readonly readClient: (name: SandboxName) => ClientRecord;
  readonly isRunning: (process: KnownProcess) => boolean;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Waits for the end of the client during a stop. systemd ends it along with the sandbox; until it ends, it holds the
 * mounts of the sandbox. Returns false if it still runs after five seconds.
 */
export async function awaitClientEnd(
  name: SandboxName,
  { readClient, isRunning: runs, sleep }: ClientHost = { readClient: readClientRecord, isRunning },
): Promise<boolean> {
  const record = readClient(name);
  return record.kind !== "started" || waitUntil(() => !runs(record.client), { within: 5000, sleep });
}
