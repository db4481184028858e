import { join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { helperDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { requireInit } from "../host/libvirt/find-controller.ts";
import { sendSignal } from "../host/process/processes.ts";
import { runQuick } from "../host/process/run-quick.ts";
import { plainText } from "../sandbox/untrusted-text.ts";
import { enterWords } from "./enter/enter-words.ts";
import { requireRunning } from "./running/read-running.ts";

const hangUp = 1;
// Bytes of output from inside that are useful in the journal. Root inside can print without end.
const maxOutput = 4096;

/**
 * Makes systemd inside reload the sandbox's units, or sends SIGHUP to a command. Throws a SandboxError with the output
 * from inside.
 */
export async function reloadSandbox(name: SandboxName): Promise<void> {
  const init = requireInit(name);
  const { units, isCommand } = requireRunning(name);
  if (isCommand) {
    // inside/init gets the signal and passes it on.
    sendSignal(init, hangUp);
    return;
  }
  const [enter, ...words] = enterWords(name, init);
  const reload = [join(helperDirectory, "inside/reload"), ...units];
  const { status, output } = await runQuick(enter, [...words, ...reload], { most: maxOutput });
  if (status !== 0) throw new SandboxError(`the units of ${name} were not reloaded: ${plainText(output)}`);
}
