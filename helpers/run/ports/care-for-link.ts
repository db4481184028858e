import { existsSync, openSync } from "node:fs";
import { SandboxError } from "../../../generator/conf/sandbox-error.ts";
import type { SandboxName } from "../../../generator/conf/sandbox-name.ts";
import { orMissing } from "../../host/or-missing.ts";
import { isRunning, type KnownProcess } from "../../host/process-start.ts";
import { type QuickOptions, type QuickResult, runQuick } from "../../host/run-quick.ts";
import { writeFile } from "../../host/write-file.ts";
import { linkInside } from "./plan-link.ts";
import type { StartLink } from "./start-link.ts";

/** Its actions on the host. Unit tests replace them. */
export interface LinkHost {
  readonly exists: (path: string) => boolean;
  readonly write: (path: string, text: string) => void;
  readonly isRunning: (init: KnownProcess) => boolean;
  /** Opens the network of a process; undefined if that has ended. */
  readonly openNetwork: (init: KnownProcess) => number | undefined;
  readonly run: (program: string, args: readonly string[], options?: QuickOptions) => Promise<QuickResult>;
}

// Of the host's end. Answers to its own clients on 127.0.0.1 come in by the link, and the rules let nothing else to
// 127.0.0.0/8 (units/ports.nft). Root inside learns none of the host's other addresses by asking for them.
const settings = { "ipv4/conf/@/route_localnet": "1", "ipv4/conf/@/arp_ignore": "1", "ipv6/conf/@/accept_ra": "0" };

/** Does what libvirt does not do for a link that it has just made. Throws a SandboxError. */
export async function careForLink(
  name: SandboxName,
  init: KnownProcess,
  { device, addresses, isSecond }: StartLink,
  host: LinkHost = ownHost,
): Promise<void> {
  for (const [setting, value] of Object.entries(settings)) {
    const path = `/proc/sys/net/${setting.replace("@", device)}`;
    // The link ends with the sandbox. This host may have no IPv6.
    if (host.exists(path)) host.write(path, value);
  }
  await Promise.all([answerToOwn(device, host), isSecond ? routeBack(name, init, addresses, host) : undefined]);
}

// The kernel takes an answer for ::1 only from an interface with a route to that. It never takes a packet that says ::1
// itself from outside (ip6_rcv_core() in net/ipv6/ip6_input.c). Without IPv6 there is nobody to answer to.
async function answerToOwn(device: string, host: LinkHost): Promise<void> {
  if (!host.exists(`/proc/sys/net/ipv6/conf/${device}`)) return;
  await host.run("ip", ["-6", "route", "append", "local", "::1/128", "dev", device, "table", "local"]);
}

async function routeBack(
  name: SandboxName,
  init: KnownProcess,
  addresses: StartLink["addresses"],
  host: LinkHost,
): Promise<void> {
  // Answers go back by the link, although the default route goes elsewhere.
  const network = host.openNetwork(init);
  if (network === undefined) return;
  for (const { sandbox, host: end } of addresses) {
    const commands = `rule add from ${sandbox.text} lookup ${table} priority 1000
route add default via ${end.text} dev ${linkInside} table ${table}
`;
    const words = ["--net=/proc/self/fd/3", "ip", `-${sandbox.family}`, "-batch", "-"];
    const { status, output } = await host.run("nsenter", words, { input: commands, files: [network] });
    if (status !== 0 && host.isRunning(init))
      throw new SandboxError(`the routes of the link of ${name} cannot be set: ${output}`);
  }
}

// Any that nobody else inside would choose.
const table = 6880;

// If the process still runs, nobody else had its number when this was opened. launch ends soon, and so does the descriptor.
function openNetwork(init: KnownProcess): number | undefined {
  const network = orMissing(() => openSync(`/proc/${init.pid}/ns/net`, "r"));
  return isRunning(init) ? network : undefined;
}

const ownHost: LinkHost = {
  exists: existsSync,
  write: (path, text) => {
    writeFile(path, text);
  },
  isRunning,
  openNetwork,
  run: runQuick,
};
