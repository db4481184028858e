import { writeFile } from "../../host/write-file.ts";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import { notifySystemd } from "../../host/notify.ts";
import { isRunning } from "../../host/process-start.ts";
import { printError } from "../../host/run-helper.ts";
import { waitUntil } from "../../host/wait.ts";
import { plainText } from "../../sandbox/untrusted-text.ts";
import { isConsoleCopied } from "../is-console-copied.ts";
import type { StartControl } from "../plan/start-plan.ts";
import { runtimeFile } from "../runtime-file.ts";
import type { Outcome } from "./await-outcome.ts";
import { keepCleared } from "./cleared.ts";
import { requireWalls } from "./require-walls.ts";
import type { StartedContainer } from "./start-container.ts";

// In this time a container that ends by itself prints its last words, and libvirt's controller ends.
const patience = 5000;

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
    if (init === undefined && !(await waitUntil(hasEnded, { within: patience })))
      throw new SandboxError(
        `the first process of ${name} cannot be found: its controller ${controller?.pid ?? "?"} has no child`,
      );
    if (init !== undefined) requireWalls(name, init, control);
    // systemd ignores a process that has ended, and the service ends when we do.
    notifySystemd("READY=1", "STATUS=", ...(controller === undefined ? [] : [`MAINPID=${controller.pid}`]));
    return;
  }
  // The last words must reach the journal before we exit.
  await waitUntil(hasEnded, { within: patience });
  await waitUntil(() => isConsoleCopied(name), { within: patience });
  if (outcome.ended === "" && outcome.report === "")
    throw new SandboxError(`the container of ${name} ended before its service was ready`, {
      hint: "The lines above are from its console",
    });
  if (outcome.report !== "") printError(plainText(outcome.report));
  throw new SandboxError(`the service of ${name} did not start`);
}
