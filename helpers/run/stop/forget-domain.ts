import { join } from "node:path";
import { helperDirectory } from "../../../base/paths.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { isLibvirtRunning, removeDomainFiles, statusFile } from "../../host/libvirt/domain-files.ts";
import { findControllerPid, findInit, listControllerPids } from "../../host/libvirt/find-controller.ts";
import { findProcess, sendSignal } from "../../host/process/processes.ts";
import { printWarning } from "../../host/process/run-helper.ts";
import { type QuickResult, runQuick } from "../../host/process/run-quick.ts";

// A hanging libvirtd keeps its caller waiting as long as it hangs, so a separate process asks it.
const destroyTimeout = 45_000;

/** Its actions on the host. Unit tests replace them. */
export interface ForgetHost {
  readonly isLibvirtRunning: () => boolean;
  readonly destroyDomain: (name: SandboxName) => Promise<QuickResult>;
  readonly killContainer: (name: SandboxName) => void;
  readonly removeDomainFiles: (name: SandboxName) => void;
  readonly warn: (text: string) => void;
}

/**
 * Makes libvirtd destroy a domain that libvirt still has although nothing of it should run. If libvirtd does not run,
 * it is not asked: its socket would start it, but systemd starts it only after our stop is done (Before=, After= in
 * systemd.unit(5)), so each would wait for the other. In that case, and if libvirtd does not answer, this removes the
 * files by which libvirtd would find the domain: it would keep the domain as shut off.
 */
export async function forgetDomain(name: SandboxName, host: ForgetHost = ownHost): Promise<void> {
  // libvirtd may be waiting for one of these processes, and would not answer before they have ended.
  host.killContainer(name);
  if (host.isLibvirtRunning()) {
    const { status, output } = await host.destroyDomain(name);
    if (status === 0) return;
    const reason = output === "" ? `no answer within ${destroyTimeout / 1000} s` : output;
    host.warn(`libvirt did not destroy domain ${name}: ${reason}. We remove its files instead: ${statusFile(name)}`);
  }
  host.removeDomainFiles(name);
}

function killContainer(name: SandboxName): void {
  const controllerPid = findControllerPid(name);
  const initPid = controllerPid === undefined ? undefined : findInit(controllerPid);
  // A child of a killed controller is not in libvirt's file.
  for (const pid of [initPid, ...listControllerPids(name)]) {
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
