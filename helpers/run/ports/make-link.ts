import { closeSync, existsSync, openSync } from "node:fs";
import { SandboxError } from "../../../base/errors.ts";
import { orMissing, writeFile } from "../../../base/files.ts";
import type { SandboxName } from "../../../base/sandbox-name.ts";
import type { Subnet } from "../../../conf/values/network.ts";
import { hasIpv6 } from "../../host/network/links.ts";
import { isRunning, type KnownProcess } from "../../host/process/processes.ts";
import { type QuickOptions, type QuickResult, runQuick } from "../../host/process/run-quick.ts";
import { type Link, type LinkAddresses, linkInside } from "./plan-ports.ts";

/** Its actions on the host. Unit tests replace them. */
export interface LinkHost {
  readonly exists: (path: string) => boolean;
  readonly hasIpv6: () => boolean;
  readonly write: (path: string, text: string) => void;
  readonly isRunning: (init: KnownProcess) => boolean;
  /** Calls it with the open network of a process and that of the host, unless the process has ended. */
  readonly withNetworks: (init: KnownProcess, use: (networks: readonly number[]) => Promise<void>) => Promise<void>;
  readonly run: (program: string, args: readonly string[], options?: QuickOptions) => Promise<QuickResult>;
}

// Of the host's end. Answers to its own clients on 127.0.0.1 come in by the link, and the rules let nothing else to
// 127.0.0.0/8 (units/ports.nft). Root inside learns none of the host's other addresses by asking for them.
const settings = { "ipv4/conf/@/route_localnet": "1", "ipv4/conf/@/arp_ignore": "1", "ipv6/conf/@/accept_ra": "0" };

// Any that nobody else inside would choose.
const table = 6880;

/**
 * Makes the link of a sandbox that does not run yet, and sets up both its ends. Ignores failures because PID 1 has ended
 * meanwhile. Throws a SandboxError.
 */
export async function makeLink(
  name: SandboxName,
  init: KnownProcess,
  planned: Link,
  host: LinkHost = ownHost,
): Promise<void> {
  // Somebody may have turned IPv6 off since prepare.
  const link = host.hasIpv6() ? planned : withoutIpv6(planned);
  await host.withNetworks(init, async (networks) => {
    const run = async (program: string, args: readonly string[], commands: readonly string[]): Promise<void> => {
      const { status, output } = await host.run(program, args, { input: `${commands.join("\n")}\n`, files: networks });
      if (status !== 0 && host.isRunning(init))
        throw new SandboxError(`the link ${link.device} of ${name} cannot be made: ${output}`, {
          hint: "Is iproute2 installed?",
        });
    };
    const inside = ["--net=/proc/self/fd/3", "ip"];
    await run("nsenter", [...inside, "-batch", "-"], commandsInside(link));
    // ip takes the family of a rule from an option only.
    for (const ends of link.isSecond ? link.addresses : [])
      await run("nsenter", [...inside, `-${ends.host.family}`, "-batch", "-"], commandsOfSecond(ends));
    for (const [setting, value] of Object.entries(settings)) {
      const path = `/proc/sys/net/${setting.replace("@", link.device)}`;
      // The link ends with the sandbox. This host may have no IPv6.
      if (host.exists(path)) host.write(path, value);
    }
    await run("ip", ["-batch", "-"], commandsOutside(link));
  });
}

const withoutIpv6 = (link: Link): Link => ({
  ...link,
  addresses: link.addresses.filter(({ host }) => host.family === 4),
});

// libvirt would make both ends on the host, and move and rename one of them. For each of these the kernel waits until no
// processor uses the old state (synchronize_net()), which takes longer than all of this.
const commandsInside = ({ device, mac, addresses, isSecond }: Link): readonly string[] => [
  `link add ${linkInside} address ${mac} type veth peer name ${device} netns /proc/self/fd/4`,
  ...addresses.map(({ sandbox }) => renderAddress(sandbox, linkInside)),
  `link set ${linkInside} up`,
  ...(isSecond ? [] : addresses.map(({ host }) => `route add default via ${host.text} dev ${linkInside}`)),
];

// Answers go back by the link, although the default route goes elsewhere.
const commandsOfSecond = ({ sandbox, host }: LinkAddresses): readonly string[] => [
  `rule add from ${sandbox.text} lookup ${table} priority 1000`,
  `route add default via ${host.text} dev ${linkInside} table ${table}`,
];

// The kernel takes an answer for ::1 only from an interface with a route to that. It never takes a packet that says ::1
// itself from outside (ip6_rcv_core() in net/ipv6/ip6_input.c). Without IPv6 there is nobody to answer to.
const commandsOutside = ({ device, addresses }: Link): readonly string[] => [
  ...addresses.map(({ host }) => renderAddress(host, device)),
  `link set ${device} up`,
  ...(addresses.some(({ host }) => host.family === 6) ? [`route append local ::1/128 dev ${device} table local`] : []),
];

// Nobody else is on the link who could have the address.
const renderAddress = ({ family, text, prefix }: Subnet, device: string): string =>
  `address add ${text}/${prefix} dev ${device}${family === 6 ? " nodad" : ""}`;

const ownHost: LinkHost = {
  exists: existsSync,
  hasIpv6,
  write: (path, text) => {
    writeFile(path, text);
  },
  isRunning,
  withNetworks: async (init, use) => {
    const inside = orMissing(() => openSync(`/proc/${init.pid}/ns/net`, "r"));
    if (inside === undefined) return;
    const own = openSync("/proc/self/ns/net", "r");
    try {
      // If the process still runs, nobody else had its number when this was opened.
      if (isRunning(init)) await use([inside, own]);
    } finally {
      closeSync(inside);
      closeSync(own);
    }
  },
  run: runQuick,
};
