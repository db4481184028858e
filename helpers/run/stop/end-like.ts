import { endProcess } from "../../host/end-process.ts";
import { runQuick } from "../../host/run-quick.ts";
import { type Ending, isClean } from "../ending.ts";

/**
 * Ends this process the way the service ended, so that Restart=, OnFailure= and `systemctl status` see what they would see without a container.
 * An ending that systemd counts as clean is a success.
 */
export async function endLike(ending: Ending | undefined): Promise<void> {
  if (ending === undefined || isClean(ending)) return;
  if (ending.kind === "exited") return endProcess(ending.status);
  // It is not we who crashed.
  await runQuick("prlimit", [`--pid=${process.pid}`, "--core=0:0"]);
  process.kill(process.pid, ending.signal);
  // A signal that ends nobody, such as SIGCHLD, is not the end of a service either.
}
