import { closeSync, existsSync, openSync } from "node:fs";
import { describeError, SandboxError } from "../../../base/errors.ts";
import { orMissing, writeFile } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import { hasIpv6 } from "../../host/network/links.ts";
import { addAddress, addLocalRoute, addRoute, addRule, addVeth, setUp } from "../../host/network/route-messages.ts";
import { isRunning, type KnownProcess } from "../../host/process/processes.ts";
import { type Link, linkInside } from "./plan-ports.ts";

/** Its actions on the host. Unit tests replace them. */
export interface LinkHost {
  readonly exists: (path: string) => boolean;
  readonly hasIpv6: () => boolean;
  readonly write: (path: string, text: string) => void;
  readonly isRunning: (init: KnownProcess) => boolean;
  /** Calls it with the open network of a process and that of the host, unless the process has ended. */
  readonly withNetworks: (init: KnownProcess, use: (inside: number, own: number) => void) => void;
  readonly route: RouteCalls;
}

/** See route-messages.ts. */
type RouteCalls = typeof routeCalls;
const routeCalls = { addVeth, addAddress, setUp, addRoute, addRule, addLocalRoute };

// Of the host's end. Answers to its own clients on 127.0.0.1 come in by the link, and the rules let nothing else to
// 127.0.0.0/8 (units/ports.nft). Root inside learns none of the host's other addresses by asking for them.
const settings = { "ipv4/conf/@/route_localnet": "1", "ipv4/conf/@/arp_ignore": "1", "ipv6/conf/@/accept_ra": "0" };

// Any that nobody else inside would choose.
const table = 6880;

/**
 * Makes the link of a sandbox that does not run yet, and sets up both its ends. Ignores failures because PID 1 has ended
 * meanwhile. Throws a SandboxError.
 */
export function makeLink(name: SandboxName, init: KnownProcess, planned: Link, host: LinkHost = ownHost): void {
  // Somebody may have turned IPv6 off since prepare.
  const link = host.hasIpv6() ? planned : withoutIpv6(planned);
  host.withNetworks(init, (inside, own) => {
    try {
      setUpInside(link, inside, own, host);
      setUpOutside(link, host);
    } catch (error) {
      if (host.isRunning(init))
        throw new SandboxError(`the link ${link.device} of ${name} cannot be made: ${describeError(error)}`, {
          cause: error,
        });
    }
  });
}

const withoutIpv6 = (link: Link): Link => ({
  ...link,
  addresses: link.addresses.filter(({ host }) => host.family === 4),
});

// libvirt would make both ends on the host, and move and rename one of them. For each of these the kernel waits until no
// processor uses the old state (synchronize_net()), which takes longer than all of this.
function setUpInside(
  { device, mac, addresses, isSecond }: Link,
  inside: number,
  own: number,
  { route }: LinkHost,
): void {
  route.addVeth(inside, { name: linkInside, mac }, { name: device, network: own });
  for (const { sandbox } of addresses) route.addAddress(inside, linkInside, sandbox);
  route.setUp(inside, linkInside);
  for (const { host, sandbox } of addresses) {
    // Beside another interface, answers go back by the link, although the default route goes elsewhere.
    if (isSecond) route.addRule(inside, sandbox, { table, priority: 1000 });
    route.addRoute(inside, linkInside, { gateway: host, ...(isSecond ? { table } : {}) });
  }
}

function setUpOutside({ device, addresses }: Link, { route, exists, write }: LinkHost): void {
  for (const [setting, value] of Object.entries(settings)) {
    const path = `/proc/sys/net/${setting.replace("@", device)}`;
    // The link ends with the sandbox. This host may have no IPv6.
    if (exists(path)) write(path, value);
  }
  for (const { host } of addresses) route.addAddress("own", device, host);
  route.setUp("own", device);
  // The kernel takes an answer for ::1 only from an interface with a route to that. It never takes a packet that says ::1
  // itself from outside (ip6_rcv_core() in net/ipv6/ip6_input.c). Without IPv6 there is nobody to answer to.
  if (addresses.some(({ host }) => host.family === 6)) route.addLocalRoute("own", device, { family: 6, text: "::1" });
}

const ownHost: LinkHost = {
  exists: existsSync,
  hasIpv6,
  write: (path, text) => {
    writeFile(path, text);
  },
  isRunning,
  withNetworks: (init, use) => {
    const inside = orMissing(() => openSync(`/proc/${init.pid}/ns/net`, "r"));
    if (inside === undefined) return;
    const own = openSync("/proc/self/ns/net", "r");
    try {
      // If the process still runs, nobody else had its number when this was opened.
      if (isRunning(init)) use(inside, own);
    } finally {
      closeSync(inside);
      closeSync(own);
    }
  },
  route: routeCalls,
};
