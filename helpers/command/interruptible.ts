import { findOwn, isBroken } from "../sandbox/hold/unfinished.ts";

type Signal = "SIGINT" | "SIGTERM" | "SIGHUP";
const signals: readonly Signal[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** What it does to this process. Unit tests replace it. */
export interface SignalHost {
  readonly on: (signal: Signal, act: () => void) => void;
  readonly off: (signal: Signal, act: () => void) => void;
  /** How many others do something when the signal comes. They end the process. */
  readonly countOthers: (signal: Signal) => number;
  readonly die: (signal: Signal) => void;
  readonly say: (text: string) => void;
  readonly describeLeft: () => string;
}

interface Work {
  readonly doing: string;
  readonly describe: (() => string) | undefined;
}

// What goes on now; the first is what the person asked for.
const stack: Work[] = [];

/**
 * Runs work that a person may interrupt, such as with Ctrl-C. The process then ends as by the signal, and first says what
 * was going on, and what is: `describe` tells it, or else the records of what this command has begun.
 */
export async function interruptible<T>(
  doing: string,
  work: () => Promise<T>,
  describe?: () => string,
  host: SignalHost = ownHost,
): Promise<T> {
  const own: Work = { doing, describe };
  const acts = stack.length > 0 ? [] : signals.map((signal) => listen(signal, host));
  stack.push(own);
  try {
    return await work();
  } finally {
    stack.splice(stack.indexOf(own), 1);
    for (const { signal, act } of acts) host.off(signal, act);
  }
}

function listen(signal: Signal, host: SignalHost): { readonly signal: Signal; readonly act: () => void } {
  const act = (): void => {
    interrupt(signal, act, host);
  };
  host.on(signal, act);
  return { signal, act };
}

function interrupt(signal: Signal, own: () => void, host: SignalHost): void {
  const describe = stack.findLast((work) => work.describe !== undefined)?.describe ?? host.describeLeft;
  const what = [`interrupted: ${stack[0]?.doing ?? ""}`, describe()].filter((each) => each !== "");
  host.say(`${what.join(". ")}\n`);
  if (host.countOthers(signal) > 0) return;
  host.off(signal, own);
  host.die(signal);
}

/**
 * How many listeners of execa's signal-exit there are for each signal. They end children, but end this process only if no
 * other kind of listener is there.
 */
function countExecas(): number {
  const emitter = (globalThis as Record<symbol, unknown>)[Symbol.for("signal-exit emitter")];
  return typeof emitter === "object" && emitter !== null && "count" in emitter ? Number(emitter.count) : 0;
}

function describeLeft(): string {
  const left = findOwn();
  const broken = left.filter(({ task }) => isBroken(task)).map(({ name }) => name);
  if (broken.length > 0)
    return `${broken.length === 1 ? `Sandbox ${broken.join()} is` : `Sandboxes ${broken.join(" and ")} are`} incomplete now. The same command again does the rest`;
  return left.length > 0 ? "The same command again does all of its work" : "";
}

const ownHost: SignalHost = {
  on: (signal, act) => {
    // Others, such as the spinner, end the process in their turn.
    process.prependListener(signal, act);
  },
  off: (signal, act) => {
    process.off(signal, act);
  },
  countOthers: (signal) => process.listenerCount(signal) - 1 - countExecas(),
  // A shell ends its loop only if the command has died of the signal.
  die: (signal) => {
    process.kill(process.pid, signal);
  },
  say: (text) => {
    // The spinner is on this line.
    process.stderr.write(process.stderr.isTTY ? `\n${text}` : text);
  },
  describeLeft,
};
