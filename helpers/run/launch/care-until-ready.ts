import { closeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { PreparedStart } from "../start-files.ts";
import { tellController } from "../tell-controller.ts";
import type { Outcome } from "./await-outcome.ts";
import { careForContainer } from "./care-for-container.ts";
import type { StartedContainer } from "./start-container.ts";

// A command that does not say that it is ready must not keep others waiting for their turn.
const patience = 5000;

/** What is to be let go of during a start. */
export interface Held {
  /** What the sandbox will say of its start. */
  readonly outcome: Promise<Outcome>;
  /** Our writing side of the pipe that it says that with: the pipe ends with the container when we have closed it. */
  readonly writer: number;
  /** Unmounts what only the start needed, and ends its turn. */
  readonly release: () => Promise<void>;
}

/** Does what the container needs from outside. Resolves soon, or, for a command, which is ready at once, when it has said so. */
export async function careUntilReady(
  { name, controller, init }: StartedContainer,
  start: PreparedStart,
  { outcome, writer, release }: Held,
): Promise<void> {
  if (controller !== undefined && init !== undefined) await careForContainer({ name, controller, init }, start);
  closeSync(writer);
  const told = controller === undefined ? undefined : tellController(controller.pid);
  // At each change of the mounts systemd reads all of them anew, and what we tell it waits for that. A command is ready before.
  const isSoonReady = start.isCommand && !start.pipes.online;
  if (isSoonReady) await Promise.race([outcome, setTimeout(patience, undefined, { ref: false })]);
  else await release();
  await told;
}
