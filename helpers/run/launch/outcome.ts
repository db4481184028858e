import { SandboxError } from "../../../base/errors.ts";
import { writeFile } from "../../../base/files.ts";
import { waitUntil } from "../../../base/wait.ts";
import { type Awaited, awaitMessage, awaitWriter } from "../../host/process/pipes.ts";
import { isRunning } from "../../host/process/processes.ts";
import { printError } from "../../host/process/run-helper.ts";
import { notifySystemd } from "../../host/systemd/notify.ts";
import { plainText } from "../../sandbox/untrusted-text.ts";
import { isConsoleCopied } from "../ending.ts";
import type { StartControl } from "../plan/start-plan.ts";
import { runtimeFile } from "../running/run-record.ts";
import { keepCleared } from "./cleared.ts";
import { requireWalls } from "./require-ready.ts";
import type { StartedContainer } from "./start-container.ts";

/** The sandbox's report about its start. */
export interface Outcome {
  readonly isReady: boolean;
  /** The settings that had to be turned off inside, a line each, in the form `UNIT: KEY=VALUE`. */
  readonly cleared: string;
  /** The first line says how it ended, such as `ended exited 1`; empty if the sandbox did not say. */
  readonly ended: string;
  /** The text for a person if the start failed. */
  readonly report: string;
}

/**
 * Waits until inside/ready or inside/init reports that the service is ready, or why it is not. Alternatively systemd
 * inside opens the pipe `active`, which says that it is ready without a process. If nothing of this happens, the
 * container has ended.
 */
export async function awaitOutcome(outcome: number, active: number | undefined): Promise<Outcome> {
  const message = awaitMessage(outcome);
  const opened: Awaited | undefined = active === undefined ? undefined : awaitWriter(active);
  const said = await Promise.race([message.text, ...(opened === undefined ? [] : [opened.text.then(() => "ready\n")])]);
  for (const each of [message, opened]) each?.stop();
  return parseOutcome(said);
}

/** Parses one message, or two that arrived together. */
export function parseOutcome(text: string): Outcome {
  const lines = text.split("\n");
  const isReady = lines[0] === "ready";
  const end = lines.findIndex((line) => line.startsWith("ended "));
  const before = lines.slice(isReady ? 1 : 0, end === -1 ? undefined : end);
  const after = end === -1 ? [] : lines.slice(end);
  const join = (each: readonly string[]): string => each.filter((line) => line !== "").join("\n");
  return {
    isReady,
    cleared: isReady ? join(before) : "",
    ended: after.join("\n"),
    report: join([...(isReady ? [] : before), ...after.slice(1)]),
  };
}

// In this time a container that ends by itself prints its last words, and libvirt's controller ends.
const timeout = 5000;

/** Tells systemd that the service is ready. Otherwise prints the sandbox's report and throws a SandboxError. */
export async function reportOutcome(
  container: StartedContainer,
  control: StartControl,
  outcome: Outcome,
): Promise<void> {
  const { name, controller, init } = container;
  const hasEnded = (): boolean => controller === undefined || !isRunning(controller);
  if (outcome.ended !== "") writeFile(runtimeFile(name, "ended"), `${outcome.ended}\n`);
  if (outcome.isReady) {
    keepCleared(name, outcome.cleared);
    // No container may run that nobody looks after.
    if (init === undefined && !(await waitUntil(hasEnded, { within: timeout })))
      throw new SandboxError(
        `the first process of ${name} cannot be found: its controller ${controller?.pid ?? "?"} has no child`,
      );
    if (init !== undefined) requireWalls(name, init, control);
    // systemd ignores a process that has ended, and the service ends when we do.
    notifySystemd("READY=1", "STATUS=", ...(controller === undefined ? [] : [`MAINPID=${controller.pid}`]));
    return;
  }
  // The last words must reach the journal before we exit.
  await waitUntil(hasEnded, { within: timeout });
  await waitUntil(() => isConsoleCopied(name), { within: timeout });
  if (outcome.ended === "" && outcome.report === "")
    throw new SandboxError(`the container of ${name} ended before its service was ready`, {
      hint: "The lines above are from its console",
    });
  if (outcome.report !== "") printError(plainText(outcome.report));
  throw new SandboxError(`the service of ${name} did not start`);
}
