import { type CreateResult, parseRefusal } from "./libvirt.ts";
import { runQuick } from "./run-quick.ts";

/** Has virsh create a domain with open sockets for PID 1 inside, as its descriptors from 3 on: the addon cannot pass any. Its terminal is to be asked for. */
export async function createWithSockets(xmlFile: string, sockets: readonly number[]): Promise<CreateResult> {
  const numbers = sockets.map((_, index) => 3 + index).join(",");
  const words = ["--connect", "lxc:///system", "create", "--pass-fds", numbers, xmlFile];
  const { status, output } = await runQuick("virsh", words, { files: sockets });
  return status === 0 ? { kind: "created", terminal: undefined } : parseRefusal(output);
}
