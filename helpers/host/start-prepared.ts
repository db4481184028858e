import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Duplex } from "node:stream";

/** The parameters of a process that waits. */
export interface Prepared {
  /** It gets only PATH of our environment. */
  readonly command: readonly string[];
  /**
   * The user that gets the pipes to our standard input and outputs; undefined to pass those on. The runtimes give their
   * children sockets, which no program can open by a name such as /dev/stdout.
   */
  readonly pipesFor: number | undefined;
  /** Prepares the process by its number. If this throws, the command does not run. */
  readonly prepare: (pid: number) => void;
}

/** A process that runs its command. */
export interface Started {
  readonly child: ChildProcess;
  /** The exit status; 128 plus the signal if it was killed. */
  readonly status: Promise<number>;
}

// Neither runtime has pipe(2) or execve(2), so a shell makes the pipes and becomes the command. Copying goes on to its
// end when a signal interrupts everything else.
const makePipes = `copy() { trap '' INT TERM HUP; exec cat 2>/dev/null; }
exec 2> >(copy >&2) > >(copy) < <(copy)
chown "$0:$0" /proc/self/fd/{0,1,2}
`;
// It says that it is ready, and waits for a line.
const wait = 'echo >&3 && read -r _ <&3 && exec "$@" 3<&-';

/** Starts a command that runs only after its process has been prepared, for example moved into a control group. */
export async function startPrepared({ command, pipesFor, prepare }: Prepared): Promise<Started> {
  const script = (pipesFor === undefined ? "" : makePipes) + wait;
  const words = ["--norc", "-c", script, String(pipesFor ?? "bash"), ...command];
  // Variables such as BASH_ENV would change what the shell does, and it reads ~/.bashrc if its input is a socket.
  const env = { PATH: process.env["PATH"] };
  const child = spawn("bash", words, { stdio: ["inherit", "inherit", "inherit", "pipe"], env });
  const status = awaitStatus(child);
  const gate = child.stdio[3] as Duplex;
  // If the process ends meanwhile, its status says so.
  gate.on("error", () => undefined);
  const hasSpoken = once(gate, "data").then(
    () => true,
    () => false,
  );
  const isReady = await Promise.race([hasSpoken, status.then(() => false)]);
  try {
    if (isReady && child.pid !== undefined) {
      prepare(child.pid);
      gate.write("\n");
    }
  } finally {
    gate.end();
  }
  return { child, status };
}

async function awaitStatus(child: ChildProcess): Promise<number> {
  const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
  return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
