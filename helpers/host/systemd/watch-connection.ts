import type { Socket } from "node:net";
import { type Message, type MessageBus, MessageType } from "dbus-next";
import { SandboxError } from "../../../base/errors.ts";

/** A connection to D-Bus whose end is noticed. */
export interface Connection {
  /** Rejects with a SandboxError when the connection fails. */
  readonly broken: Promise<never>;
  /** Waits for work on the connection, at most so many milliseconds. If it takes longer, the connection counts as broken. */
  readonly within: <Result>(milliseconds: number, work: () => Promise<Result>) => Promise<Result>;
  /** Makes what is sent in this turn of the event loop go to the bus in one piece, and not each with a call of the kernel. */
  readonly joinWrites: () => void;
}

type Fail = (reason: string) => void;

/** The part of dbus-next that it does not show. */
interface Inner {
  readonly _connection: { readonly stream: Socket };
  readonly _methodReturnHandlers: Readonly<Record<number, unknown>>;
}

// The first call of dbus-next introduces it to the bus, which refuses it if there are too many connections.
const helloSerial = 1;

/**
 * Watches a connection of dbus-next, which does not tell when it ends, throws where nobody could catch it, and waits
 * forever.
 */
export function watchConnection(bus: MessageBus): Connection {
  const { promise: broken, reject } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  const fail: Fail = (reason) => {
    const hint = "Is it running? See `systemctl status dbus.socket dbus.service`";
    reject(new SandboxError(`cannot reach D-Bus: ${reason}`, { hint }));
  };
  const inner = bus as unknown as Inner;
  const { stream } = inner._connection;
  bus.on("error", (error: Error) => {
    fail(error.message);
  });
  catchRefusal(bus, inner, fail);
  catchNonsense(stream, fail);
  stream.on("close", () => {
    fail("it has closed the connection");
  });
  return {
    broken,
    joinWrites: openCork(stream),
    async within(milliseconds, work) {
      if (stream.destroyed) return broken;
      const timer = setTimeout(() => {
        fail(`no answer within ${milliseconds / 1000} s`);
        stream.destroy();
      }, milliseconds);
      try {
        return await Promise.race([broken, work()]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function openCork(stream: Socket): () => void {
  let isCorked = false;
  return () => {
    if (isCorked) return;
    isCorked = true;
    stream.cork();
    process.nextTick(() => {
      isCorked = false;
      stream.uncork();
    });
  };
}

function catchRefusal(bus: MessageBus, inner: Inner, fail: Fail): void {
  bus.on("message", (message: Message) => {
    if (message.type !== MessageType.ERROR || Number(message.replySerial) !== helloSerial) return;
    Reflect.deleteProperty(inner._methodReturnHandlers, helloSerial);
    fail(String(message.body[0]));
  });
}

function catchNonsense(stream: Socket, fail: Fail): void {
  const emit = stream.emit.bind(stream) as (...words: readonly unknown[]) => boolean;
  stream.emit = (...words: readonly unknown[]): boolean => {
    try {
      return emit(...words);
    } catch {
      fail("its answer makes no sense");
      stream.destroy();
      return true;
    }
  };
}
