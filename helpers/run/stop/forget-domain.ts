import { join } from "node:path";
import { helperDirectory } from "../../../generator/conf/paths.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { findControllerPid, findInit } from "../../host/find-controller.ts";
import { isLibvirtRunning, removeDomainFiles, statusFile } from "../../host/libvirt-files.ts";
import { findProcess } from "../../host/process-start.ts";
import { printWarning } from "../../host/run-helper.ts";
import { type QuickResult, runQuick } from "../../host/run-quick.ts";
import { sendSignal } from "../../host/send-signal.ts";

// A libvirtd that hangs keeps its caller for as long as it hangs, so a process of its own asks it.
const destroyTimeout = 45_000;

/** What it does to the host; another one in unit tests. */
export interface ForgetHost {
  readonly isLibvirtRunning: () => boolean;
  readonly destroyDomain: (name: SandboxName) => Promise<QuickResult>;
  readonly killContainer: (name: SandboxName) => void;
  readonly removeDomainFiles: (name: SandboxName) => void;
  readonly warn: (text: string) => void;
}

/**
 * For a domain that libvirt still has although nothing of it should run any more: has libvirtd destroy it. A libvirtd that does not run is not
 * asked: its socket would start it, and systemd starts it only after our stop is done (Before=, After= in systemd.unit(5)), so that
 * each would wait for the other. Then, and when libvirtd does not answer, what it would find of the domain is removed: it would
 * keep the domain as one that is shut off.
 */
export async function forgetDomain(name: SandboxName, host: ForgetHost = ownHost): Promise<void> {
  if (host.isLibvirtRunning()) {
    const { status, output } = await host.destroyDomain(name);
    if (status === 0) return;
    const reason = output === "" ? `no answer within ${destroyTimeout / 1000} s` : output;
    host.warn(`libvirt did not destroy the domain ${name}: ${reason}. Its files are removed: ${statusFile(name)}`);
  }
  // Nothing may go on running that nobody knows of.
  host.killContainer(name);
  host.removeDomainFiles(name);
}

function killContainer(name: SandboxName): void {
  const controllerPid = findControllerPid(name);
  if (controllerPid === undefined) return;
  for (const pid of [findInit(controllerPid), controllerPid]) {
    const known = pid === undefined ? undefined : findProcess(pid);
    if (known !== undefined) sendSignal(known, 9);
  }
}

const ownHost: ForgetHost = {
  isLibvirtRunning,
  destroyDomain: (name) => runQuick(join(helperDirectory, "destroy"), [name], { timeout: destroyTimeout }),
  killContainer,
  removeDomainFiles,
  warn: printWarning,
};
