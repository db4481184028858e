import { type Subnet, toBits } from "../../../generator/conf/values/parse-address.ts";
import type { Link } from "./plan-link.ts";

/**
 * Writes NAME=VALUE lines for proxies, stop-idle and drop-datagrams: `LINK` is where proxies connect, and `SOCKETS` the link's
 * addresses in the kernel's tables of sockets.
 */
export function renderStartLink({ device, addresses }: Link): string {
  const [first] = addresses;
  return [
    `DEVICE=${device}`,
    `LINK=${first?.sandbox.text ?? ""}`,
    `SOCKETS=${addresses.flatMap(({ sandbox }) => renderSocket(sandbox)).join("|")}`,
    "",
  ].join("\n");
}

// As in /proc/net/tcp and tcp6 (proc_pid_net(5)): words of this machine's byte order.
function renderSocket({ family, text }: Subnet): readonly string[] {
  const words = (bits: bigint, digits: number): string =>
    bits
      .toString(16)
      .toUpperCase()
      .padStart(digits, "0")
      .replaceAll(/(..)(..)(..)(..)/g, "$4$3$2$1");
  const own = words(toBits({ family, text }), family === 4 ? 8 : 32);
  return family === 4 ? [own, `0000000000000000FFFF0000${own}`] : [own];
}
