import { SandboxError } from "../../../base/errors.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Conf, Publish } from "../../../conf/conf.ts";
import { loadConf } from "../../../conf/load-conf.ts";
import { eachPort, kernelPorts } from "../../../conf/values/publish.ts";
import { isLocal, listListeners } from "../../host/network/listeners.ts";
import { printWarning } from "../../host/process/run-helper.ts";

/**
 * The published ports of a running sandbox, `pid` being a process of it, that only listen on the loopback inside: the
 * kernel leads clients to the link, where nobody answers.
 */
export function findLocalOnly(conf: Conf, pid: number, list = listListeners): readonly Publish[] {
  const ports = kernelPorts(conf).flatMap(eachPort);
  const listeners = new Map(
    [...new Set(ports.map(({ protocol }) => protocol))].map((protocol) => [protocol, list(pid, protocol)]),
  );
  return ports.filter(({ protocol, port }) => {
    const found = (listeners.get(protocol) ?? []).filter((listener) => listener.port === port);
    return found.length > 0 && found.every(isLocal);
  });
}

/** Says so in the journal, of what listens already. */
export function warnOfLocalOnly(name: SandboxName, pid: number): void {
  const conf = tryConf(name);
  if (conf === undefined) return;
  for (const port of findLocalOnly(conf, pid)) printWarning(describeLocalOnly(port));
}

// A start goes by what was prepared, whatever became of the conf meanwhile.
function tryConf(name: SandboxName): Conf | undefined {
  try {
    return loadConf(name);
  } catch (error) {
    if (error instanceof SandboxError) return undefined;
    throw error;
  }
}

export function describeLocalOnly({ protocol, port, hostPort }: Publish): string {
  const what = protocol === "udp" ? "UDP port" : "port";
  // The loopback inside is reached over TCP only.
  const other = protocol === "udp" ? "" : `, or publish it for this host only: Publish=127.0.0.1:${hostPort}:${port}`;
  return `${what} ${port} inside listens on the sandbox's loopback only, so nobody reaches it by ${what} ${hostPort} of the host. Let the service listen on all addresses${other}`;
}
