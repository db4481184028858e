import { Message, MessageType, systemBus, type Variant } from "dbus-next";
import { limitAtOnce } from "../../../base/wait.ts";
import { watchConnection } from "./watch-connection.ts";

export interface BusAddress {
  readonly destination: string;
  readonly path: string;
  readonly interface: string;
}

/** The system's D-Bus. If it is not closed, the process does not end. */
export interface Bus {
  /** Calls a method; resolves to the values of its reply. */
  call(address: BusAddress, member: string, signature?: string, ...values: readonly unknown[]): Promise<unknown[]>;
  /** From now on calls a handler with the values of each signal. */
  follow(address: BusAddress, member: string, handler: (values: unknown[]) => void): Promise<void>;
  /** Rejects with a SandboxError when the connection fails, and then all calls do. Whoever waits for a signal must race it. */
  readonly broken: Promise<never>;
  close(): void;
}

const daemon: BusAddress = {
  destination: "org.freedesktop.DBus",
  path: "/org/freedesktop/DBus",
  interface: "org.freedesktop.DBus",
};

// The bus refuses a call if the connection already waits for 128 replies (dbus-daemon(1), max_replies_per_connection).
const callsAtOnce = 64;

/** How long D-Bus may take, in milliseconds. Unit tests are less patient. */
export interface BusTimeouts {
  /** For a connection. The bus itself gives up one that is not complete by then (dbus-daemon(1), auth_timeout). */
  readonly connect: number;
  /** For an answer. While systemd reloads its units, it gives none; systemctl waits as long. */
  readonly call: number;
}

const ownTimeouts: BusTimeouts = { connect: 30_000, call: 180_000 };

/** Connects to the system bus; throws a SandboxError. */
export async function connectBus(timeouts = ownTimeouts): Promise<Bus> {
  const bus = systemBus();
  const { broken, within, joinWrites } = watchConnection(bus);
  await within(timeouts.connect, () => new Promise<void>((resolve) => void bus.once("connect", resolve)));
  const limit = limitAtOnce(callsAtOnce);
  const call: Bus["call"] = async (address, member, signature = "", ...values) => {
    const message = { ...address, member, signature, body: [...values], type: MessageType.METHOD_CALL };
    const reply = await limit(() => {
      joinWrites();
      return within(timeouts.call, () => bus.call(new Message(message)));
    });
    return (reply?.body ?? []) as unknown[];
  };
  return {
    call,
    broken,
    async follow(address, member, handler) {
      bus.on("message", (message: Message) => {
        if (message.member === member && message.path === address.path) handler(message.body as unknown[]);
      });
      const { destination, interface: type } = address;
      const rule = `type='signal',sender='${destination}',interface='${type}',member='${member}'`;
      await call(daemon, "AddMatch", "s", rule);
    },
    close() {
      bus.disconnect();
    },
  };
}

/** Takes the values of an `a{sv}` out of their variants. */
export function unwrapVariants(dictionary: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(dictionary as Record<string, Variant<unknown>>);
  return Object.fromEntries(entries.map(([name, variant]) => [name, variant.value]));
}
