import { existsSync } from "node:fs";
import { join } from "node:path";
import { SandboxError } from "../../base/errors.ts";
import { helperDirectory } from "../../base/paths.ts";
import type { SandboxName } from "../../base/sandbox-name.ts";
import { credentialLines } from "../../conf/credentials.ts";
import { findFault } from "../../conf/find-credential-risks.ts";
import { loadConf } from "../../conf/load-conf.ts";
import { requireInit } from "../host/libvirt/find-controller.ts";
import { sendSignal } from "../host/process/processes.ts";
import { runQuick } from "../host/process/run-quick.ts";
import { plainText } from "../sandbox/untrusted-text.ts";
import { readMountOptions } from "./attach/mount-sources.ts";
import { copyCredentials, heldCredentials } from "./credentials/show-credentials.ts";
import { enterWords } from "./enter/enter-words.ts";
import { readAnyPlan } from "./plan/kept-plan.ts";
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
  if (existsSync(heldCredentials(name))) await renewCredentials(name);
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

/** systemd reads credentials when a unit starts. So a unit with the same lines starts, which calls copyToRunning(). */
async function renewCredentials(name: SandboxName): Promise<void> {
  const unit = `sandbox-credentials@${name}.service`;
  const { status } = await runQuick("systemctl", ["start", "--", unit]);
  if (status === 0) return;
  const conf = loadConf(name);
  const fault = credentialLines(conf).flatMap((line) => findFault(conf, line) ?? [])[0];
  throw new SandboxError(
    `the credentials of ${name} could not be read again, so nothing was reloaded${fault === undefined ? "" : `: ${fault}`}`,
    { hint: `See why: journalctl -u ${unit}` },
  );
}

/** Copies the credentials that systemd passed to this process into a sandbox that runs. */
export function copyToRunning(name: SandboxName): void {
  const { credentials } = readAnyPlan(name);
  if (credentials === null || !existsSync(heldCredentials(name)))
    throw new SandboxError(`${name} was started without credentials`, { hint: `systemctl restart sandbox@${name}` });
  copyCredentials(name, credentials, readMountOptions(name));
}
