import { readFileSync } from "node:fs";
import { join } from "node:path";
import { helperDirectory } from "../../generator/conf/paths.ts";
import { SandboxError } from "../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../generator/conf/sandbox-name.ts";
import { requireInit } from "../host/find-controller.ts";
import { orMissing } from "../host/or-missing.ts";
import { runQuick } from "../host/run-quick.ts";
import { sendSignal } from "../host/send-signal.ts";
import { plainText } from "../sandbox/untrusted-text.ts";
import { enterWords } from "./enter/enter-words.ts";
import { startDirectory } from "./start-files.ts";

const hangUp = 1;
// Bytes of output from inside that are useful in the journal. Root inside can print without end.
const mostOutput = 4096;

/**
 * Makes systemd inside reload the sandbox's units, or sends SIGHUP to a command. Throws a SandboxError with the output
 * from inside.
 */
export async function reloadSandbox(name: SandboxName): Promise<void> {
  const init = requireInit(name);
  const units = readUnits(name);
  if (units.length === 0) {
    // inside/init gets the signal and passes it on.
    sendSignal(init, hangUp);
    return;
  }
  const [enter, ...words] = enterWords(name, init);
  const reload = [join(helperDirectory, "inside/reload"), ...units];
  const { status, output } = await runQuick(enter, [...words, ...reload], { most: mostOutput });
  if (status !== 0) throw new SandboxError(`the units of ${name} were not reloaded: ${plainText(output)}`);
}

function readUnits(name: SandboxName): readonly string[] {
  const path = join(startDirectory(name), "units");
  const text = orMissing(() => readFileSync(path, "utf8"));
  if (text !== undefined) return text.split("\n").filter((unit) => unit !== "");
  // systemd inside takes the signal for a command's SIGHUP for something else.
  throw new SandboxError(`${path} is missing, so nothing says what ${name} has to reload`, {
    hint: `Restart it instead: systemctl restart sandbox@${name}`,
  });
}
