import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import type { Bed, Ran } from "./bed.ts";
import { deleteAfter } from "./delete-after.ts";

interface LabSandboxes {
  /** Writes the conf of a sandbox that exists as long as the test. The content is its `Exec=` or `Unit=`. */
  readonly define: (context: TestContext, name: string, network: string, content?: string) => Promise<void>;
  /** Defines such a sandbox, and starts it. */
  readonly start: (context: TestContext, name: string, network: string, content?: string) => Promise<void>;
  readonly inside: (name: string, ...command: readonly string[]) => Promise<Ran>;
  readonly addressesOf: (name: string) => Promise<readonly string[]>;
  /** Reads the first IPv4 address. */
  readonly addressOf: (name: string) => Promise<string>;
  /** Reads the PID on the host of PID 1 inside. */
  readonly initOf: (name: string) => Promise<number>;
}

/** Makes sandboxes with a network. */
export function useLabSandboxes(bed: Bed): LabSandboxes {
  const show = async (name: string) =>
    JSON.parse(await bed.run("sandboxcontainer", "show", "--json", name)) as {
      readonly addresses: readonly string[];
      readonly initPid: number;
    };
  const define: LabSandboxes["define"] = async (context, name, network, content = "Exec=/usr/bin/sleep infinity") => {
    deleteAfter(context, bed, name);
    const conf = `[Sandbox]\n${content}\n[Network]\n${network}\n`;
    assert.equal((await bed.feed(conf, "sh", "-c", `cat > /etc/sandboxcontainer/${name}.conf`)).status, 0);
    await bed.run("systemctl", "daemon-reload");
  };
  const addressesOf = async (name: string): Promise<readonly string[]> => (await show(name)).addresses;
  return {
    define,
    async start(context, name, network, content) {
      await define(context, name, network, content);
      await bed.run("systemctl", "start", `sandbox@${name}`);
    },
    inside: (name, ...command) => bed.try("sandboxcontainer", "execute", name, "--", ...command),
    addressesOf,
    addressOf: async (name) => (await addressesOf(name))[0] ?? "",
    initOf: async (name) => (await show(name)).initPid,
  };
}

/** Makes a bridge of the host that exists as long as the test. */
export async function makeBridge(context: TestContext, bed: Bed, name: string, address: string): Promise<void> {
  context.after(() => bed.run("ip", "link", "delete", name));
  await bed.run(
    "sh",
    "-c",
    `ip link add ${name} type bridge && ip address add ${address} dev ${name} && ip link set ${name} up`,
  );
}

/** The [Network] settings of a sandbox with fixed addresses on the libvirt network lab. */
export const fixedNetwork =
  "Network=lab\nAddress=192.168.177.200/24\nAddress=fd77::200/64\nGateway=192.168.177.1\nRoute=10.0.0.0/8 via 192.168.177.3\nDNS=192.0.2.53\nMacAddress=52:54:00:00:02:00";
