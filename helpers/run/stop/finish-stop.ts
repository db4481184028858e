import type { SandboxName } from "../../../base/sandbox-name.ts";
import { type Ending, isConsoleCopied, isExpected, readEnding } from "../ending.ts";
import { endAndTakeDown } from "./detach-sandbox.ts";
import { isLeft, sayTakenDown, showsImage } from "./take-down.ts";

/** Its actions on the host. Unit tests replace them. */
export interface FinishHost {
  readonly readEnding: (name: SandboxName) => Ending | undefined;
  readonly isConsoleCopied: (name: SandboxName) => boolean;
  readonly showsImage: (name: SandboxName) => boolean;
  readonly takeDown: (name: SandboxName) => Promise<unknown>;
  readonly isLeft: (name: SandboxName) => boolean;
  readonly sayTakenDown: (name: SandboxName, invocation: string) => void;
}

/**
 * Takes down what a stop has left, and says so if nothing remains for detach. Leaves all to detach if the unit must end like
 * a service that failed, or if that is not known yet; or if it could take longer than TimeoutStopSec= allows: an image is
 * written to the disk.
 */
export async function finishStop(
  name: SandboxName,
  invocation: string | undefined,
  host: FinishHost = ownHost,
): Promise<void> {
  if (invocation === undefined || !host.isConsoleCopied(name) || host.showsImage(name)) return;
  const ending = host.readEnding(name);
  if (ending !== undefined && !isExpected(ending)) return;
  try {
    await host.takeDown(name);
  } catch {
    // detach tries again, and says what is wrong.
    return;
  }
  if (!host.isLeft(name)) host.sayTakenDown(name, invocation);
}

const ownHost: FinishHost = {
  readEnding,
  isConsoleCopied,
  showsImage,
  takeDown: endAndTakeDown,
  isLeft,
  sayTakenDown,
};
