import { closeSync } from "node:fs";
import { setTimeout } from "node:timers/promises";
import type { StartPlan } from "../plan/start-plan.ts";
import { tellController } from "../tell-controller.ts";
import { careForContainer } from "./care-for-container.ts";
import type { Outcome } from "./outcome.ts";
import type { StartedContainer } from "./start-container.ts";

// A command that does not say that it is ready must not keep other starts waiting for their turn.
const timeout = 5000;

/** The things that a start holds and must release. */
export interface Held {
  /** The sandbox's future report about its start. */
  readonly outcome: Promise<Outcome>;
  /** The report's pipe. */
  readonly reader: number;
  /** Our writing side of it. Once we close it, the pipe ends with the container. */
  readonly writer: number;
  /** Unmounts everything that only the start needed, and ends its turn. */
  readonly release: () => void;
}

/**
 * Does what the container needs from outside. Resolves soon; for a command, which is ready at once, it resolves when
 * the command has said so.
 */
export async function careUntilReady(
  { name, controller, init }: StartedContainer,
  start: StartPlan,
  { outcome, reader, writer, release }: Held,
): Promise<void> {
  if (controller !== undefined && init !== undefined) await careForContainer({ name, controller, init }, start, reader);
  closeSync(writer);
  const told = controller === undefined ? undefined : tellController(controller.pid);
  // At each change of the mounts systemd reads all mounts again, and our message to it waits for that. A command is
  // ready sooner than that.
  const isSoonReady = start.isCommand && !start.pipes.online;
  const isReady =
    isSoonReady && (await Promise.race([outcome.then(() => true), setTimeout(timeout, false, { ref: false })]));
  if (!isReady) release();
  await told;
}
