import { type CreateResult, parseRefusal } from "./libvirt.ts";
import { runQuick } from "./run-quick.ts";

/**
 * Makes virsh create a domain and pass open sockets to PID 1 inside, as descriptors from 3 on; the addon cannot pass
 * any. The caller must ask for the terminal.
 */
export async function createWithSockets(xmlFile: string, sockets: readonly number[]): Promise<CreateResult> {
  const numbers = sockets.map((_, index) => 3 + index).join(",");
  const words = ["--connect", "lxc:///system", "create", "--pass-fds", numbers, xmlFile];
  const { status, output } = await runQuick("virsh", words, { files: sockets });
  return status === 0 ? { kind: "created", terminal: undefined } : parseRefusal(output);
}
