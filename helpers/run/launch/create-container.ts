import { setTimeout } from "node:timers/promises";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import type { CreateResult } from "../../host/libvirt.ts";

/** How libvirt is asked; another one in unit tests. */
export interface CreateHost {
  readonly create: () => Promise<CreateResult>;
  /** Has libvirt forget what a start left during which libvirtd or launch was killed. */
  readonly forgetDomain: (name: SandboxName) => Promise<void>;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

// Ten seconds, in which libvirt ends what is left of the container before.
const [tries, pause] = [100, 100];
// After two of them it will not do so by itself.
const patience = 20;

/**
 * Has libvirt make the container and start PID 1 inside; resolves to its terminal, or undefined when it has ended again. While libvirt still has the container of the start before, asks again. Throws a
 * SandboxError with libvirt's words.
 */
export async function createContainer(name: SandboxName, host: CreateHost): Promise<string | undefined> {
  const sleep = host.sleep ?? setTimeout;
  for (let count = 0; ; count++) {
    const result = await host.create();
    switch (result.kind) {
      case "created":
        return result.terminal;
      case "refused":
        throw new SandboxError(`libvirt refused to start the container: ${result.reason}`);
      case "busy":
        if (count === tries) throw new SandboxError(`libvirt does not forget the container before: ${result.reason}`);
        // One that is being started was left by a start that was killed.
        if (count === patience || (count === 0 && result.isStarting)) await host.forgetDomain(name);
        await sleep(pause);
    }
  }
}
