import { closeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { PreparedStart } from "../start-files.ts";
import { tellController } from "../tell-controller.ts";
import { awaitOutcome, type Outcome } from "./await-outcome.ts";
import { careForContainer } from "./care-for-container.ts";
import type { Pipes } from "./open-pipes.ts";
import type { StartedContainer } from "./start-container.ts";

// A command that does not say that it is ready must not keep others waiting for their turn.
const patience = 5000;

/** Does what the container needs from outside, and resolves to what it says of its start; `release` lets go of the mounts. */
export async function awaitReadiness(
  container: StartedContainer,
  start: PreparedStart,
  pipes: Pipes,
  release: () => Promise<void>,
): Promise<Outcome> {
  const { name, controller, init } = container;
  const outcome = awaitOutcome(pipes.outcome.reader, pipes.active);
  if (controller !== undefined && init !== undefined) await careForContainer({ name, controller, init }, start);
  // From now on the pipe ends with the container.
  closeSync(pipes.outcome.writer);
  const told = controller === undefined ? undefined : tellController(controller.pid);
  // At each change of the mounts systemd reads all of them anew, and what we tell it waits for that. A command is ready before.
  const isSoonReady = start.isCommand && !start.pipes.online;
  if (isSoonReady) await Promise.race([outcome, setTimeout(patience, undefined, { ref: false })]);
  else await release();
  await told;
  return outcome;
}
