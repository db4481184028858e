import { setTimeout } from "node:timers/promises";
import { findHint, SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import type { CreateResult } from "../../host/libvirt.ts";
import { findReason } from "../../host/libvirt-files.ts";

/** The requests to libvirt. Unit tests replace them. */
export interface CreateHost {
  readonly create: () => Promise<CreateResult>;
  /** Makes libvirt forget the domain of a start during which libvirtd or launch was killed. */
  readonly forgetDomain: (name: SandboxName) => Promise<void>;
  /** Whether anything of a domain of this name runs. */
  readonly isRunning: (name: SandboxName) => boolean;
  /** Says more of a refusal, if it can. */
  readonly explain?: (refusal: SandboxError) => SandboxError;
  readonly sleep?: (milliseconds: number) => Promise<unknown>;
}

// Ten seconds, in which libvirt ends the rest of the previous container.
const [tries, pause] = [100, 100];
// After two seconds libvirt will not do so by itself.
const patience = 20;

/**
 * Makes libvirt create the container and start PID 1 inside. Resolves to its terminal, or to undefined if it has
 * already ended. Asks again while libvirt still has the container of the previous start. Throws a SandboxError with
 * libvirt's message.
 */
export async function createContainer(name: SandboxName, host: CreateHost): Promise<string | undefined> {
  const sleep = host.sleep ?? setTimeout;
  for (let count = 0; ; count++) {
    const result = await host.create();
    switch (result.kind) {
      case "created":
        return result.terminal;
      case "taken":
        // A libvirtd that hung did not see the end of a sandbox of this name, which was then deleted.
        if (count > 0 || host.isRunning(name)) throw refuse(result.reason);
        await host.forgetDomain(name);
        break;
      case "refused":
        throw (host.explain ?? ((refusal) => refusal))(refuse(findReason(name, result.reason)));
      case "busy":
        if (count === tries)
          throw new SandboxError(`libvirt still has the container of the previous start: ${result.reason}`);
        // A domain that is being started belongs to a start that was killed.
        if (count === patience || (count === 0 && result.isStarting)) await host.forgetDomain(name);
        await sleep(pause);
    }
  }
}

const refuse = (reason: string): SandboxError =>
  new SandboxError(`libvirt refused to start the container: ${reason}`, { hint: advise(reason) });

function advise(reason: string): string | undefined {
  // libvirt adds "Input/output error", which is not about a disk.
  if (/End of file while reading data|Cannot recv data/.test(reason))
    return "libvirtd ended or was restarted meanwhile. Start the sandbox again; if that fails as well: systemctl status libvirtd.service";
  // ptmx(4) says "No space left on device" as well.
  return reason.includes("allocate tty") ? "Allow the host more terminals: sysctl kernel.pty.max" : findHint(reason);
}
