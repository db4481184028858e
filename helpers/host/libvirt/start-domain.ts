import { setTimeout } from "node:timers/promises";
import { SandboxError } from "../../../base/errors.ts";
import { connectLibvirt, type CreateResult, describeAway, parseRefusal, parseTerminal } from "./libvirt.ts";
import { openWire, WireError } from "./wire.ts";

/** Asks libvirt's LXC driver for containers. The connection is opened immediately; the first call waits for it. */
export interface Starter {
  /**
   * Makes a domain and starts it; PID 1 inside gets these open files as descriptors from 3 on. Every answer from libvirt is a result;
   * throws only if libvirt cannot be reached, or cannot be given files.
   */
  createDomain(xml: string, files?: readonly number[]): Promise<CreateResult>;
}

/** Its actions. Unit tests replace them. */
export interface StarterHost {
  readonly openWire: typeof openWire;
  readonly connectLibvirt: () => Pick<ReturnType<typeof connectLibvirt>, "createDomain">;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
}

/** Connects to `lxc:///system`. That starts libvirtd through its socket if necessary. */
export function openStarter(host: StarterHost = { openWire, connectLibvirt, sleep: setTimeout }): Starter {
  let wire = connect(host);
  // The first call awaits this later. Until then a refused connection must not count as an unhandled rejection.
  wire.catch(() => undefined);
  const create = async (xml: string, files: readonly number[]): Promise<CreateResult> => {
    const description = await (await wire).createDomain(xml, files);
    return { kind: "created", terminal: description === undefined ? undefined : parseTerminal(description) };
  };
  return {
    async createDomain(xml, files = []) {
      try {
        return await create(xml, files).catch((error: unknown) => {
          if (!isWireError(error, "unsent")) throw error;
          // libvirtd was restarted since we connected.
          wire = connect(host);
          return create(xml, files);
        });
      } catch (error) {
        if (isWireError(error, "refused", "ended")) return parseRefusal(error.message);
        if (!isWireError(error, "foreign")) throw error;
        if (files.length === 0) return host.connectLibvirt().createDomain(xml);
        throw new SandboxError(`libvirt takes no sockets of Listen= from us: ${error.message}`, {
          hint: "Use Publish= instead",
        });
      }
    },
  };
}

const isWireError = (error: unknown, ...kinds: readonly WireError["kind"][]): error is WireError =>
  error instanceof WireError && kinds.includes(error.kind);

// systemd starts a libvirtd that was killed again, and keeps its socket open. Until then connections end at once. If somebody
// restarts it, there is no socket for a moment.
const [retries, pause] = [30, 100];

async function connect({ openWire, sleep }: StarterHost): Promise<Awaited<ReturnType<typeof openWire>>> {
  for (let left = retries; ; left--) {
    try {
      return await openWire();
    } catch (error) {
      if (!isWireError(error, "away", "ended", "unsent")) throw error;
      if (left === 0) throw describeAway(error.message);
    }
    await sleep(pause);
  }
}
